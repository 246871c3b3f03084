// Everything works without this file. It listens on the document, so that what htmx swaps in needs
// no wiring, and writes text and attributes only, never markup.
const root = document.documentElement
root.classList.add('gh-js')

const byId = (id, type = HTMLElement) => {
  const found = document.getElementById(id)
  return found instanceof type ? found : null
}

const actions = {
  ghPeek(button, id) {
    const input = byId(id, HTMLInputElement)
    if (!input) return
    const show = input.type === 'password'
    input.type = show ? 'text' : 'password'
    button.toggleAttribute('data-shown', show)
  },
  async ghCopy(button, id) {
    const lines = [...(byId(id)?.querySelectorAll('li') ?? [])].map((line) => line.textContent.trim())
    await navigator.clipboard.writeText(lines.join('\n') || byId(id)?.textContent.trim() || '')
    const done = button.querySelector('[role=status] > *')
    if (!done) return
    done.hidden = false
    setTimeout(() => { done.hidden = true }, 2500)
  },
  ghOpen(button, id, event) {
    const dialog = byId(id, HTMLDialogElement)
    if (!dialog) return
    event.preventDefault()
    dialog.showModal()
    const first = ['[autofocus]', '[data-fragment] :is(input:not([type=hidden], [hidden]), select)', 'h2']
    first.map((what) => dialog.querySelector(what)).find(Boolean)?.focus()
  },
}

document.addEventListener('click', (event) => {
  for (const menu of document.querySelectorAll('[data-gh-menu][open]')) {
    if (!menu.contains(event.target)) menu.open = false
  }
  const button = event.target.closest?.('[data-gh-peek], [data-gh-copy], [data-gh-open]')
  for (const name in button ? actions : {}) {
    if (name in button.dataset) actions[name](button, button.dataset[name], event)
  }
})

document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape') return
  for (const menu of document.querySelectorAll('[data-gh-menu][open]')) {
    menu.open = false
    menu.querySelector('summary').focus()
  }
})

// A password that is shown while it is sent is kept by browsers as ordinary text, to be suggested.
document.addEventListener('submit', (event) => {
  for (const button of event.target.querySelectorAll('[data-gh-peek][data-shown]')) {
    actions.ghPeek(button, button.dataset.ghPeek)
  }
}, true)

// A form that leaves the page is sent once, however often it is clicked; htmx sees to the others.
document.addEventListener('submit', (event) => {
  if (event.defaultPrevented || event.target.method === 'dialog') return
  if (event.target.classList.contains('htmx-request')) event.preventDefault()
  event.target.classList.add('htmx-request')
})

// A page that comes back out of the browser's memory was left in the middle of being sent.
addEventListener('pageshow', (event) => {
  if (!event.persisted) return
  for (const busy of document.querySelectorAll('.htmx-request')) busy.classList.remove('htmx-request')
})

// How hard a password is to guess, roughly, so that its owner sees it grow. The server decides.
function level(input) {
  const typed = input.value.toLowerCase()
  if ([...input.value].length < Number(input.dataset.ghMin)) return 0
  const known = [...(input.form?.elements ?? [])]
    .filter((other) => other !== input && other.type !== 'password' && other.type !== 'hidden')
    .flatMap((other) => String(other.value).toLowerCase().split(/[^\p{L}\p{N}]+/u))
    .filter((word) => word.length > 2)
  let rest = typed
  for (const word of [...known, 'password', 'passwort', 'welcome', 'letmein', 'iloveyou', 'qwertz', 'qwerty', 'asdf', 'admin', '1234', 'abc']) {
    rest = rest.replaceAll(word, '')
  }
  let steps = 0
  let last = NaN
  for (let i = 0; i < rest.length; i++) {
    const step = rest.charCodeAt(i) - rest.charCodeAt(i - 1)
    if (!(Math.abs(step) < 2) && step !== last) steps++
    last = step
  }
  const kinds = [/\p{Ll}/u, /\p{Lu}/u, /\d/, /[^\p{L}\d]/u].filter((kind) => kind.test(input.value)).length
  const bits = steps * (3.6 + 0.7 * kinds) + Math.min(typed.length - steps, 6)
  return bits < 38 ? 1 : bits < 58 ? 2 : 3
}

function measure(input) {
  const meter = byId(input.dataset?.ghMeter ?? '')
  if (!meter) return
  if (input.value) meter.dataset.level = level(input)
  else delete meter.dataset.level
}

document.addEventListener('input', (event) => measure(event.target))

function count(box) {
  const end = Date.now() + 1000 * box.dataset.ghCountdown
  box.removeAttribute('data-gh-countdown')
  const timer = setInterval(() => {
    const left = Math.max(0, Math.ceil((end - Date.now()) / 1000))
    const clock = box.querySelector('[role=timer]')
    if (clock) clock.textContent = Math.floor(left / 60) + ':' + String(left % 60).padStart(2, '0')
    if (left && box.isConnected) return
    clearInterval(timer)
    box.querySelector('[data-gh-before]').hidden = true
    box.querySelector('[data-gh-after]').hidden = false
  }, 250)
}

function enhance() {
  const here = new Intl.DateTimeFormat(root.lang || undefined, { dateStyle: 'medium', timeStyle: 'short', calendar: 'gregory' })
  for (const time of document.querySelectorAll('time[data-gh-moment]')) {
    time.textContent = here.format(new Date(time.dateTime))
  }
  document.querySelectorAll('[data-gh-countdown]').forEach(count)
  document.querySelectorAll('[data-gh-meter]').forEach(measure) // a morphed form keeps what was typed
}

// A failure that htmx keeps out of the page has to be told all the same.
function tell(id) {
  const words = byId(id, HTMLTemplateElement)?.content.cloneNode(true)
  const region = byId('flash')
  if (!words || !region) return
  region.replaceChildren(words)
  region.scrollIntoView({ block: 'nearest' })
}

document.addEventListener('htmx:error', () => tell('gh-unreachable'))
document.addEventListener('htmx:response:error', (event) => {
  if (event.detail.ctx.response.status >= 500) tell('gh-failed')
})
// "Busy" (503) is answered with the form, but a proxy in between answers with a page of its own, and
// what else fails has nothing to show beside what has been said above.
document.addEventListener('htmx:before:swap', (event) => {
  const { ctx, tasks } = event.detail
  if (!(ctx.response?.status >= 500)) return
  const ours = ctx.response.status === 503 && tasks.some((task) => task.type === 'main' && task.fragment.querySelector('[data-fragment]'))
  if (ours) byId('flash')?.replaceChildren()
  else event.preventDefault()
})
document.addEventListener('htmx:after:swap', enhance)

enhance()
// Only the navigation scrolls: scrolling a link into view would move the page around it, and a page that frames this one.
for (const link of document.querySelectorAll('.gh-nav [aria-current]')) {
  const [nav, at] = [link.closest('.gh-nav'), link.getBoundingClientRect()]
  nav.scrollLeft += at.left + at.width / 2 - nav.getBoundingClientRect().left - nav.clientWidth / 2
}
if (self === top && !document.querySelector('[autofocus]')) document.querySelector('#flash > *')?.focus({ preventScroll: true })
