// The operation types that Elastic Rally has built in: whether they are administrative (left out of the report by
// default) and where they may run on a serverless cluster.

/** From least to most allowed. */
export type ServerlessStatus = 'blocked' | 'internal' | 'public'

export interface OperationTypeFacts {
  readonly isAdmin: boolean
  readonly serverless: ServerlessStatus
}

const MEASURED: Readonly<Record<ServerlessStatus, readonly string[]>> = {
  blocked: [],
  internal: [
    'index-stats',
    'node-stats',
    'wait-for-recovery',
    'wait-for-snapshot-create',
    'wait-for-current-snapshots-create',
    'downsample'
  ],
  public: [
    'search',
    'bulk',
    'raw-request',
    'composite',
    'submit-async-search',
    'get-async-search',
    'delete-async-search',
    'paginated-search',
    'scroll-search',
    'open-point-in-time',
    'close-point-in-time',
    'sql',
    'field-caps',
    'composite-agg',
    'esql',
    'esql-profile',
    'run-until'
  ]
}

const ADMIN: Readonly<Record<ServerlessStatus, readonly string[]>> = {
  blocked: ['create-index-template', 'delete-index-template', 'shrink-index', 'create-ilm-policy', 'delete-ilm-policy'],
  internal: [
    'force-merge',
    'cluster-health',
    'delete-snapshot-repository',
    'create-snapshot-repository',
    'create-snapshot',
    'restore-snapshot',
    'put-settings'
  ],
  public: [
    'put-pipeline',
    'refresh',
    'create-index',
    'delete-index',
    'create-ml-datafeed',
    'delete-ml-datafeed',
    'start-ml-datafeed',
    'stop-ml-datafeed',
    'create-ml-job',
    'delete-ml-job',
    'open-ml-job',
    'close-ml-job',
    'sleep',
    'create-transform',
    'start-transform',
    'wait-for-transform',
    'delete-transform',
    'create-data-stream',
    'delete-data-stream',
    'create-composable-template',
    'delete-composable-template',
    'create-component-template',
    'delete-component-template',
    'transform-stats',
    'enrich-policy'
  ]
}

/** Built-in operation types by name; `enrich-policy` is the one that came after Elastic Rally 2.13.0. */
export const BUILT_IN_TYPES: ReadonlyMap<string, OperationTypeFacts> = new Map(
  [...factsOf(MEASURED, false), ...factsOf(ADMIN, true)].sort(([a], [b]) => (a < b ? -1 : 1))
)

function* factsOf(names: Readonly<Record<ServerlessStatus, readonly string[]>>, isAdmin: boolean): Generator<[string, OperationTypeFacts]> {
  for (const serverless of ['blocked', 'internal', 'public'] as const) {
    for (const name of names[serverless]) yield [name, { isAdmin, serverless }]
  }
}
