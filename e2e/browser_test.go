package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// chromium returns the path of the browser: the program itself on Debian, because its wrapper
// adds flags.
func chromium(t *testing.T) string {
	t.Helper()
	for _, path := range []string{os.Getenv("CHROMIUM"), "/usr/lib/chromium/chromium", "chromium", "google-chrome"} {
		if found, err := exec.LookPath(path); path != "" && err == nil {
			return found
		}
	}
	t.Fatal("no chromium: apt-get install chromium, or say where it is with CHROMIUM=/path")
	return ""
}

// window describes the size and colours of a tab.
type window struct {
	width, height int
	dark          bool
	phone         bool // by its user agent too
}

const phoneAgent = "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Mobile Safari/537.36"

// tab is a separate browser with one page for each test.
type tab struct {
	t   *testing.T
	ctx context.Context

	mu       sync.Mutex
	requests []string // URLs that were asked for
	sent     []string // the requests in whole, as JSON
	answered []network.RequestID
	console  []string // errors and warnings
	yes      bool     // the answer to the page's questions
}

// open starts a browser. Every host but 127.0.0.1 is unknown to it.
func open(t *testing.T, w window) *tab {
	t.Helper()
	if w.width == 0 {
		w.width, w.height = 1000, 900
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(chromium(t)), chromedp.NoSandbox, chromedp.UserDataDir(t.TempDir()), chromedp.WindowSize(w.width, w.height),
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND , EXCLUDE 127.0.0.1"), chromedp.Flag("hide-scrollbars", true),
		chromedp.Flag("disable-dev-shm-usage", true), chromedp.WSURLReadTimeout(patience))
	if w.phone {
		options = append(options, chromedp.UserAgent(phoneAgent))
	}
	if w.dark {
		options = append(options, chromedp.Flag("force-dark-mode", true), chromedp.Flag("blink-settings", "preferredColorScheme=0"))
	}
	allocator, stop := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(stop)
	ctx, cancel := chromedp.NewContext(allocator)
	t.Cleanup(cancel)
	b := &tab{t: t, ctx: ctx}
	b.must(chromedp.Listen(ctx, b.hear))
	b.must(chromedp.Do(ctx, chromedp.EmulateViewport(int64(w.width), int64(w.height))))
	_, err := chromedp.Call(ctx, network.Enable, network.EnableParams{})
	b.must(err)
	_, err = chromedp.Call(ctx, log.Enable, cdp.Empty{})
	b.must(err)
	return b
}

func (b *tab) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

// hear stores the page's requests and errors.
func (b *tab) hear(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch event := event.(type) {
	case *network.EventRequestWillBeSent:
		b.requests = append(b.requests, event.Request.URL)
		if text, err := json.Marshal(event.Request); err == nil {
			b.sent = append(b.sent, string(text))
		}
	case *network.EventLoadingFinished:
		b.answered = append(b.answered, event.RequestID)
	case *log.EventEntryAdded:
		if event.Entry.Level == "error" {
			b.console = append(b.console, fmt.Sprintf("%s %s", event.Entry.Text, event.Entry.URL))
		}
	case *page.EventJavascriptDialogOpening:
		go b.answer() // the browser waits for it, and for this function
	case *runtime.EventExceptionThrown:
		b.console = append(b.console, event.ExceptionDetails.Text)
	}
}

// answerDialogs sets the answer to the page's dialogs from now on.
func (b *tab) answerDialogs(yes bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.yes = yes
}

// answer answers one dialog of the page.
func (b *tab) answer() {
	b.mu.Lock()
	yes := b.yes
	b.mu.Unlock()
	_, _ = chromedp.Call(b.ctx, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{Accept: yes}) // the page may be gone
}

// asked returns the URLs requested so far.
func (b *tab) asked() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]string{}, b.requests...)
}

// bodies returns the answers that the browser still has.
func (b *tab) bodies() []string {
	b.t.Helper()
	b.mu.Lock()
	ids := append([]network.RequestID{}, b.answered...)
	b.mu.Unlock()
	var list []string
	for _, id := range ids {
		answer, err := chromedp.Call(b.ctx, network.GetResponseBody, network.GetResponseBodyParams{RequestID: id})
		if err == nil { // those of a document that was left are gone
			list = append(list, string(answer.Body))
		}
	}
	return list
}

// clean fails the test if the page sent a request to another machine or logged an error.
func (b *tab) clean() {
	b.t.Helper()
	for _, url := range b.asked() {
		if !strings.HasPrefix(url, "http://127.0.0.1:") && !strings.HasPrefix(url, "data:") && !strings.HasPrefix(url, "about:") {
			b.t.Errorf("the page asked for %s", url)
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, line := range b.console {
		b.t.Errorf("the console has: %s", line)
	}
}

func (b *tab) navigate(url string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	b.must(chromedp.Do(ctx, chromedp.Navigate(url)))
}

func (b *tab) screenshot(path string) {
	b.t.Helper()
	picture, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
	b.must(err)
	b.must(os.WriteFile(path, picture, 0o600))
}

// frame is a document in the tab. It is found by a part of its URL at each use, because it may
// be reloaded.
type frame struct {
	b    *tab
	part string // empty: the page itself
}

func (b *tab) page() frame             { return frame{b, ""} }
func (b *tab) frame(part string) frame { return frame{b, part} }
func (b *tab) form() frame             { return frame{b, "/component/"} }
func (b *tab) challenge() frame        { return frame{b, "/3ds/"} }
func quote(text string) string         { quoted, _ := json.Marshal(text); return string(quoted) }
func contains(tree *page.FrameTree, part string) *cdp.Frame {
	if strings.Contains(tree.Frame.URL, part) {
		return tree.Frame
	}
	for _, child := range tree.ChildFrames {
		if found := contains(child, part); found != nil {
			return found
		}
	}
	return nil
}

// world creates an isolated world in the frame: the same document with separate variables.
func (f frame) world(ctx context.Context) (runtime.ExecutionContextID, error) {
	tree, err := chromedp.Call(ctx, page.GetFrameTree, cdp.Empty{})
	if err != nil {
		return 0, err
	}
	found := tree.FrameTree.Frame
	if f.part != "" {
		found = contains(tree.FrameTree, f.part)
	}
	if found == nil {
		return 0, fmt.Errorf("no frame with %s", f.part)
	}
	world, err := chromedp.Call(ctx, page.CreateIsolatedWorld, page.CreateIsolatedWorldParams{FrameID: found.ID})
	return world.ExecutionContextID, err
}

// try evaluates an expression in the frame and decodes its value.
func (f frame) try(ctx context.Context, expression string, value any) error {
	id, err := f.world(ctx)
	if err != nil {
		return err
	}
	yes := true
	result, err := chromedp.Call(ctx, runtime.Evaluate, runtime.EvaluateParams{Expression: expression, ContextID: id, ReturnByValue: &yes, AwaitPromise: &yes, UserGesture: &yes})
	switch {
	case err != nil:
		return err
	case result.ExceptionDetails != nil:
		return fmt.Errorf("%s: %s", expression, result.ExceptionDetails.Exception.Description)
	case value == nil:
		return nil
	}
	return json.Unmarshal([]byte(result.Result.Value), value)
}

// get evaluates an expression in the frame.
func get[T any](f frame, expression string) (value T) {
	f.b.t.Helper()
	ctx, cancel := context.WithTimeout(f.b.ctx, patience)
	defer cancel()
	f.b.must(f.try(ctx, expression, &value))
	return value
}

// wait waits until an expression holds in the frame, which need not be there yet.
func (f frame) wait(expression string) {
	f.b.t.Helper()
	ctx, cancel := context.WithTimeout(f.b.ctx, patience)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	var last error
	for {
		var holds bool
		if last = f.try(ctx, "Boolean("+expression+")", &holds); last == nil && holds {
			return
		}
		select {
		case <-ctx.Done():
			f.b.t.Fatalf("frame %q: never came: %s (%v)", f.part, expression, last)
		case <-tick.C:
		}
	}
}

// visible waits until an element can be seen and used.
func (f frame) visible(selector string) {
	f.b.t.Helper()
	f.wait(fmt.Sprintf("document.querySelector(%[1]s)?.checkVisibility() && !document.querySelector(%[1]s).disabled", quote(selector)))
}

// stableCorner returns the position of a frame once it stops moving, since popups are animated.
const stableCorner = `new Promise((resolve) => {
	let last = '', same = 0;
	const look = () => {
		const frame = [...document.querySelectorAll('iframe')].find((f) => f.src.includes(%s));
		frame?.scrollIntoView({block: 'nearest', behavior: 'instant'});
		const r = frame?.getBoundingClientRect();
		same = r && last === JSON.stringify(r) ? same + 1 : 0;
		last = JSON.stringify(r);
		if (same > 3) resolve([r.x, r.y]);
		else setTimeout(look, 40);
	};
	look();
})`

// marked scrolls to an element and marks it until it is clicked.
const marked = `(() => {
	const e = document.querySelector(%s);
	e.scrollIntoView({block: 'center', behavior: 'instant'});
	e.setAttribute('data-unclicked', '');
	e.addEventListener('click', () => e.removeAttribute('data-unclicked'), {once: true, capture: true});
	return true;
})()`

// middle returns the centre of an element in its frame.
const middle = `(() => { const r = document.querySelector(%s).getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2]; })()`

// tries limits how often a click is repeated that missed, because frames move while they grow.
const tries = 5

// click clicks with the mouse where the element is.
func (f frame) click(selector string) {
	f.b.t.Helper()
	f.visible(selector)
	for range tries {
		get[bool](f, fmt.Sprintf(marked, quote(selector)))
		var corner [2]float64
		if f.part != "" && !strings.Contains(get[string](f.b.page(), "location.href"), f.part) {
			corner = get[[2]float64](f.b.page(), fmt.Sprintf(stableCorner, quote(f.part)))
		}
		at := get[[2]float64](f, fmt.Sprintf(middle, quote(selector)))
		f.b.must(chromedp.Do(f.b.ctx, chromedp.MouseClickXY(at[0]+corner[0], at[1]+corner[1])))
		if f.clicked(selector) {
			return
		}
	}
	f.b.t.Fatalf("frame %q: no click reaches %s", f.part, selector)
}

// clicked waits briefly for the click to arrive. An element that disappeared was clicked.
func (f frame) clicked(selector string) bool {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for range 25 {
		var unclicked bool
		if err := f.try(f.b.ctx, fmt.Sprintf("Boolean(document.querySelector(%s)?.hasAttribute('data-unclicked'))", quote(selector)), &unclicked); err != nil || !unclicked {
			return true
		}
		<-tick.C
	}
	return false
}

// typeIn clicks into a field and types.
func (f frame) typeIn(selector, text string) {
	f.b.t.Helper()
	f.click(selector)
	f.b.keys(text)
}

func (b *tab) keys(text string) {
	b.t.Helper()
	b.must(chromedp.Do(b.ctx, chromedp.KeyEvent(text)))
}

// text returns the text of an element.
func (f frame) text(selector string) string {
	f.b.t.Helper()
	return get[string](f, fmt.Sprintf("document.querySelector(%s)?.innerText ?? ''", quote(selector)))
}

// press clicks by script, for elements that are covered.
func (f frame) press(selector string) {
	f.b.t.Helper()
	f.visible(selector)
	get[bool](f, fmt.Sprintf("(document.querySelector(%s).click(), true)", quote(selector)))
}

// choose fills in a test card.
func (b *tab) choose(sample string) {
	b.t.Helper()
	chip := `[data-sample="` + sample + `"]`
	b.form().visible("#card-list")
	if !get[bool](b.form(), fmt.Sprintf("document.querySelector(%s).checkVisibility()", quote(chip))) {
		b.form().click("#more-cards summary")
	}
	b.form().click(chip)
}
