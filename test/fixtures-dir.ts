/** Folder of the full set of fixtures (laid out as `rally-tracks/`, `esrally-vectors/` …), or null: only the sample in test/fixtures. */
export const fixturesDir: string | null = process.env['RALLY_FIXTURES'] ?? null
