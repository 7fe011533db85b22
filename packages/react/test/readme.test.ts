import { examplesOf, typeErrorsIn } from '@holdfast/testing/document-examples'
import { expect, it } from 'vitest'

it('the examples of the README are TypeScript without an error', async () => {
  const examples = await examplesOf('../packages/react/README.md', 'tsx')
  expect({ examples: examples.length, errors: await typeErrorsIn(examples, 'react', 'tsx') }).toEqual({
    examples: 2,
    errors: '',
  })
})
