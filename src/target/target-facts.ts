import type { TargetClient, TargetFacts } from './request.ts'
export interface DetectedTarget extends TargetFacts { readonly line: string; readonly buildHash: string | null; readonly buildFlavor: string | null }
export async function detectTarget(client: TargetClient, _o: { where: string; signal: AbortSignal }): Promise<DetectedTarget> {
  const a = await client.send({ method: 'GET', path: '/', body: null, keep: 'all' })
  const v = (JSON.parse(a.body.toString()) as { version: Record<string, string> }).version
  return { distribution: 'unknown', version: v['number'] ?? null, isServerless: false, isServerlessOperator: false, line: `${v['distribution'] ?? 'Elasticsearch'} ${v['number']}`, buildHash: v['build_hash'] ?? null, buildFlavor: v['build_flavor'] ?? null }
}
