// Compiles our stylesheet and copies our scripts to static_build/, the ignored folder that Django serves.
// govuk-frontend and @ministryofjustice/frontend are compiled from their SCSS with our own font stack,
// because the ready-made CSS names GDS Transport, which is for gov.uk domains only.
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as sass from 'sass'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const out = join(root, 'static_build')

const copies = {
  'assets/icon.svg': 'icon.svg',
  'assets/js/jtrack.js': 'jtrack.js',
  'node_modules/govuk-frontend/dist/govuk/govuk-frontend.min.js': 'govuk-frontend.min.js'
}

const { css } = sass.compile(join(root, 'assets/scss/jtrack.scss'), {
  loadPaths: [root],
  quietDeps: true,
  style: 'compressed'
})
const forbidden = css.match(/GDS Transport|@font-face|crown/)
if (forbidden) {
  throw new Error(`the compiled stylesheet names "${forbidden[0]}", which is for gov.uk domains only`)
}

rmSync(out, { recursive: true, force: true })
mkdirSync(out, { recursive: true })
writeFileSync(join(out, 'jtrack.css'), css)
for (const [from, to] of Object.entries(copies)) {
  copyFileSync(join(root, from), join(out, to))
}
console.log(`front-end built: ${Math.round(css.length / 1024)} KB of CSS, ${Object.keys(copies).length} scripts`)
