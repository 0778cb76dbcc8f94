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

// A delivery under way: fetch the page again every three seconds and put its progress in place of the old one.
function followProgress (region) {
  const timer = window.setInterval(async () => {
    const response = await fetch(window.location.href, { headers: { 'X-Requested-With': 'fetch' } })
    if (!response.ok) return
    const page = new DOMParser().parseFromString(await response.text(), 'text/html')
    const next = page.getElementById(region.id)
    if (!next) return
    region.replaceChildren(...next.childNodes)
    if (next.dataset.live !== 'yes') {
      window.clearInterval(timer)
      window.location.reload()
    }
  }, 3000)
}

document.querySelectorAll('[data-session-end]').forEach(announceSessionEnd)
document.querySelectorAll('details[data-fold]').forEach(foldFilter)
document.querySelectorAll('[data-live="yes"]').forEach(followProgress)
document.querySelectorAll('[data-print]').forEach((button) => {
  button.hidden = false
  button.addEventListener('click', () => window.print())
})
