// The template that tracks import as `rally.helpers`. The white space it leaves is what Elastic Rally leaves, so that the
// rendered texts are equal to the letter.

/** Name under which it is found before any file of the track. */
export const HELPERS_NAME = 'rally.helpers'

const line = (indent: number): string => `\n${' '.repeat(indent)}`

/** Puts the files that match into the text, with commas between them. */
const COLLECT = [
  '{% macro collect(parts) %}{% set comma = joiner() %}',
  `${line(12)}{% for part in glob(parts) %}${line(16)}{{ comma() }}${line(16)}{% include part %}${line(12)}{% endfor %}`,
  '{% endmacro %}'
].join('')

/** Prints `, "name": value` if there is a value or a default for it. */
const EXISTS_SET_PARAM = [
  '{% macro exists_set_param(setting_name, value, default_value=None, comma=True) %}',
  `{% if value is defined or default_value is not none %}${line(16)}{{ " , " if comma }}${line(16)}${line(18)}`,
  '"{{ setting_name }}": {{ (value if value is defined else default_value) | tojson }}',
  `${line(16)}${line(14)}{% endif %}{% endmacro %}`
].join('')

export const HELPERS_TEMPLATE = COLLECT + EXISTS_SET_PARAM
