export { answerTo, wordsFor } from './model.ts'
export { accepted, type Question, readQuestion } from './question.ts'
