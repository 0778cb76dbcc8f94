// What a script adds to pages that work without one: a warning before the session ends, double clicks ignored,
// error summaries focused, the filter folded on a phone, and live progress of a delivery.
import { Button, Checkboxes, ErrorSummary, PasswordInput, Radios, SkipLink, createAll } from './govuk-frontend.min.js'

document.body.classList.add('js-enabled', 'govuk-frontend-supported')
for (const component of [Button, Checkboxes, ErrorSummary, PasswordInput, Radios, SkipLink]) {
  createAll(component)
}

const MINUTE = 60 * 1000
const WARN_BEFORE = 3 * MINUTE

function announceSessionEnd (element) {
  const idle = Number(element.dataset.idleSeconds) * 1000
  const latest = Date.parse(element.dataset.latest)
  const end = Math.min(Date.now() + idle, Number.isNaN(latest) ? Infinity : latest)
  const show = (text) => {
    element.textContent = text
    element.hidden = false
  }
  const wait = (moment, text) => window.setTimeout(() => show(text), Math.max(0, moment - Date.now()))
  wait(end - WARN_BEFORE, 'You will be signed out in 3 minutes. Open any page to stay signed in.')
  wait(end - MINUTE, 'You will be signed out in 1 minute. Open any page to stay signed in.')
  wait(end, 'You have been signed out. Sign in again to go on.')
}

function foldFilter (details) {
  if (window.matchMedia('(max-width: 79.9375em)').matches) details.open = false
}

// A delivery under way: ask for its figures every second, ever less often, and for a quarter of an hour at most,
// so that a page left open does not keep its session alive. What becomes of it is then shown by the page itself.
function followProgress (region) {
  const until = Date.now() + 15 * MINUTE
  let pause = 1000
  const parts = ['step', 'rows', 'pace', 'left'].map((name) => [name, region.querySelector(`[data-${name}]`)])
  const show = (told) => {
    region.querySelector('progress').value = told.permille
    for (const [name, part] of parts) {
      if (part.textContent !== told[name]) part.textContent = told[name]
      if (name !== 'step') part.parentElement.hidden = !told[name]
    }
  }
  const ask = async () => {
    const response = await fetch(region.dataset.progress).catch(() => null)
    const isJson = response?.ok && response.headers.get('Content-Type')?.startsWith('application/json')
    const told = isJson ? await response.json() : null
    if (told && !told.live) return window.location.replace(region.dataset.page)
    if (told) show(told)
    pause = Math.min(pause * 1.02, 10000)
    if (Date.now() < until) window.setTimeout(ask, pause)
  }
  window.setTimeout(ask, pause)
}

document.querySelectorAll('[data-session-end]').forEach(announceSessionEnd)
document.querySelectorAll('details[data-fold]').forEach(foldFilter)
document.querySelectorAll('[data-progress]').forEach(followProgress)
document.querySelectorAll('[data-print]').forEach((button) => {
  button.hidden = false
  button.addEventListener('click', () => window.print())
})
