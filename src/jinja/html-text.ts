// HTML back to plain text: tags away, entities to characters.

import { spendText } from './limits.ts'
import { split } from './text-split.ts'

// The entities of HTML 4, in runs of neighbouring characters.
const RUNS: readonly (readonly [first: number, names: string])[] = [
  [
    0xa0,
    'nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute micro para middot cedil sup1 ' +
      'ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc ' +
      'Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc Uuml Yacute THORN szlig agrave aacute acirc atilde auml ' +
      'aring aelig ccedil egrave eacute ecirc euml igrave iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave ' +
      'uacute ucirc uuml yacute thorn yuml'
  ],
  [0x391, 'Alpha Beta Gamma Delta Epsilon Zeta Eta Theta Iota Kappa Lambda Mu Nu Xi Omicron Pi Rho'],
  [0x3a3, 'Sigma Tau Upsilon Phi Chi Psi Omega'],
  [
    0x3b1,
    'alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigmaf sigma tau upsilon phi chi psi omega'
  ],
  [0x2013, 'ndash mdash'],
  [0x2018, 'lsquo rsquo sbquo'],
  [0x201c, 'ldquo rdquo bdquo'],
  [0x2020, 'dagger Dagger bull'],
  [0x2190, 'larr uarr rarr darr harr'],
  [0x2264, 'le ge']
]
const SINGLE: Readonly<Record<string, number>> = {
  amp: 0x26,
  AMP: 0x26,
  lt: 0x3c,
  LT: 0x3c,
  gt: 0x3e,
  GT: 0x3e,
  quot: 0x22,
  QUOT: 0x22,
  apos: 0x27,
  hellip: 0x2026,
  permil: 0x2030,
  prime: 0x2032,
  Prime: 0x2033,
  lsaquo: 0x2039,
  rsaquo: 0x203a,
  euro: 0x20ac,
  trade: 0x2122,
  infin: 0x221e,
  ne: 0x2260,
  minus: 0x2212,
  ensp: 0x2002,
  emsp: 0x2003,
  thinsp: 0x2009,
  zwnj: 0x200c,
  zwj: 0x200d,
  OElig: 0x152,
  oelig: 0x153,
  Scaron: 0x160,
  scaron: 0x161
}
const ENTITIES: ReadonlyMap<string, number> = new Map([
  ...Object.entries(SINGLE),
  ...RUNS.flatMap(([first, names]) => names.split(' ').map((name, index): [string, number] => [name, first + index]))
])

/** Numbers of Windows' code page that browsers read as the characters meant. */
const WINDOWS = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ'

/** Entities to characters; those of HTML 4 are known by name, others stay as they are. */
function unescapeEntities(text: string): string {
  return text.replace(/&(#[0-9]+;?|#[xX][0-9a-fA-F]+;?|[A-Za-z][A-Za-z0-9]*;)/g, (whole, body: string) => {
    const name = body.replace(/;$/, '')
    if (!name.startsWith('#')) {
      const known = ENTITIES.get(name)
      return known === undefined ? whole : String.fromCodePoint(known)
    }
    return numbered(/^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number.parseInt(name.slice(1), 10))
  })
}

function numbered(code: number): string {
  if (code >= 0x80 && code <= 0x9f) return WINDOWS.charAt(code - 0x80)
  if (code === 0 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return '\ufffd'
  if (code === 0x0d) return '\r'
  const isInvalid =
    code < 9 || code === 11 || (code > 13 && code < 32) || code === 127 || (code >= 0xfdd0 && code <= 0xfdef) || (code & 0xfffe) === 0xfffe
  return isInvalid ? '' : String.fromCodePoint(code)
}

/** Markupsafe's striptags: tags and comments away, white space to single spaces, entities to characters. */
export function stripTags(text: string): string {
  spendText(text.length * 4)
  let kept = ''
  let at = 0
  for (let open = text.indexOf('<'); open >= 0; open = text.indexOf('<', at)) {
    const comment = text.startsWith('<!--', open)
    const close = comment ? text.indexOf('-->', open + 4) : text.indexOf('>', open)
    if (close < 0) break
    kept += text.slice(at, open)
    at = close + (comment ? 3 : 1)
  }
  return unescapeEntities(split(kept + text.slice(at), null, -1).join(' '))
}
