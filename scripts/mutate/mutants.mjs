import { parseSync } from 'vite'

const comparisons = { '<': '<=', '<=': '<', '>': '>=', '>=': '>', '===': '!==', '!==': '===', '==': '!=', '!=': '==' }
const sums = { '+': '-', '-': '+', '*': '/', '/': '*', '%': '*' }
const assignments = { '+=': '-=', '-=': '+=', '??=': '=' }
const logic = { '&&': '||', '||': '&&', '??': '&&' }

/**
 * Every small change of a module that its tests should notice: `{ start, end, text }`, in the order of the source. Types
 * and messages are left alone.
 */
export function mutantsOf(name, code) {
  const mutants = []
  const add = ({ start, end }, text) => mutants.push({ start, end, text })
  const between = (left, right, from, to) => {
    const start = left.end + code.slice(left.end, right.start).indexOf(from)
    add({ start, end: start + from.length }, to)
  }
  const operators = { ...comparisons, ...sums, ...assignments, ...logic }

  const visitors = {
    BinaryExpression({ left, right, operator }) {
      if (operators[operator]) between(left, right, operator, operators[operator])
    },
    LogicalExpression({ left, right, operator }) {
      between(left, right, operator, operators[operator])
    },
    AssignmentExpression({ left, right, operator }) {
      if (operators[operator]) between(left, right, operator, operators[operator])
    },
    ConditionalExpression({ test }) {
      add(test, 'true')
      add(test, 'false')
    },
    IfStatement({ test }) {
      add(test, 'true')
      add(test, 'false')
    },
    WhileStatement({ test }) {
      add(test, 'false')
    },
    UnaryExpression({ start, operator }) {
      if (operator === '!' || operator === '-') add({ start, end: start + 1 }, '')
    },
    UpdateExpression({ start, end, prefix, operator }) {
      add(prefix ? { start, end: start + 2 } : { start: end - 2, end }, operator === '++' ? '--' : '++')
    },
    ExpressionStatement(node) {
      if (node.directive === undefined && node.expression.callee?.type !== 'Super') add(node, ';')
    },
    Literal(node) {
      const { value } = node
      if (typeof value === 'number') add(node, String(value + 1))
      if (typeof value === 'boolean') add(node, String(!value))
      if (typeof value === 'string') add(node, value === '' ? "'mutant'" : "''")
    },
  }
  walk(parseSync(name, code).program, visitors)
  return mutants.sort((a, b) => a.start - b.start)
}

function walk(node, visitors) {
  // Types say nothing at run time, an import's name nothing that a test could miss, and messages are for people.
  if (/^(TS\w+|Import\w+|Export(All|Named)\w+)$/.test(node.type) && !node.declaration && !node.expression) return
  if (node.type === 'ThrowStatement') return
  visitors[node.type]?.(node)
  for (const [key, child] of Object.entries(node)) {
    if (key === 'typeAnnotation' || key === 'returnType' || key === 'typeParameters' || key === 'source') continue
    for (const each of Array.isArray(child) ? child : [child]) {
      if (typeof each?.type === 'string') walk(each, visitors)
    }
  }
}
