import { checkNews } from './program.js'

void checkNews(process.argv[2] ?? '').then(() => console.log('passed'))
