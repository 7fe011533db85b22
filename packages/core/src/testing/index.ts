export { ContractError } from './assert.ts'
export { brokerContract } from './broker-contract.ts'
export type {
  BrokerCapability,
  BrokerCase,
  BrokerContractOptions,
  BrokerFaults,
  BrokerLimits,
  BrokerSubject,
} from './subject.ts'
