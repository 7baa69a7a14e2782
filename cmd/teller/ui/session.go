package ui

import (
	"context"
	"image"
	"time"

	"fyne.io/fyne/v2"

	"moqian/cmd/internal/flow"
	"moqian/cmd/teller/ui/kit"
	"moqian/render"
	"moqian/render/raster"
)

// pageDPI is what pages are painted at before they are fitted to their place.
const pageDPI = 200

// begin starts a transaction.
func (a *App) begin(code string) {
	a.hush()
	a.reader, a.thanks, a.large = reader{}, thanks{}, false
	a.view, a.pages = flow.View{}, nil
	s, err := a.desk.Begin(a.user.Name, code, a.bridge)
	if err != nil {
		a.say(kit.Bad, "fill-x-circle", a.t("err.begin"), a.sentence(err), 0)
		return
	}
	a.sess = s
	a.pace = pace{}
	a.pace.to(flow.Entry, a.o.Now())
}

// followed goes to the page that the new view asks for.
func (a *App) followed(old flow.View) {
	v := a.view
	if v.Step != a.pace.step {
		a.pace.to(v.Step, a.o.Now())
	}
	switch v.Step {
	case flow.Entry:
		e, ok := a.page.(*entryPage)
		if ok && e.typ == v.Type {
			break
		}
		if old.Type == v.Type && a.reader.entry != nil {
			a.open(a.reader.entry)
			return
		}
		a.open(newEntry(a, v.Type))
		return
	case flow.Approval:
		if _, ok := a.page.(*approve); !ok {
			a.open(newApprove(a))
			return
		}
	case flow.Confirm:
		if _, ok := a.page.(*confirm); !ok {
			a.reader.start(a.o.Now(), len(a.leaves)+1)
			a.open(newConfirm(a))
			a.speak("voice.1")
			return
		}
	case flow.Sign:
		if _, ok := a.page.(*signPage); !ok {
			a.open(newSign(a))
			a.speak("voice.2")
			a.openBox()
			return
		}
	case flow.Filed:
		a.filed()
		return
	}
	a.redraw()
}

// filed shows the finished voucher.
func (a *App) filed() {
	v := a.view
	var f fact
	if a.reader.entry != nil {
		f = a.reader.entry.fact()
		a.took(v.Result)
		a.remember(v.Result.Item.Voucher, v.Type.Code, f)
	}
	a.handed = false
	a.thanks = thanks{on: true, left: thanksSeconds, fact: f, typ: v.Type, result: v.Result}
	a.speak("voice.3")
	a.open(newDone(a))
	a.refreshItems()
	a.sendNow()
}

// paint draws the view's pages when they are other ones than before. It runs on
// the session's goroutine.
func (b *bridge) paint(v flow.View) ([]image.Image, []leaf) {
	if len(v.Pages) == 0 {
		b.painted, b.imgs, b.leaves = nil, nil, nil
		return nil, nil
	}
	if b.painted == &v.Pages[0] {
		return b.imgs, b.leaves
	}
	b.painted = &v.Pages[0]
	b.imgs = make([]image.Image, len(v.Pages))
	for i, p := range v.Pages {
		img, err := raster.Page(p, nil, b.app.desk.Fonts(), pageDPI)
		if err == nil {
			b.imgs[i] = img
		}
	}
	b.leaves = leavesOf(b.imgs)
	return b.imgs, b.leaves
}

// speak says a prompt to the customer.
func (a *App) speak(id string) {
	if a.o.Speak == nil {
		return
	}
	lang, text := a.lang, a.t(id)
	if a.inline {
		a.o.Speak(lang, text)
		return
	}
	a.goes(func() { a.o.Speak(lang, text) })
}

// halves are the upper and the lower half of a page.
func halves(img image.Image) (up, low image.Image) {
	if img == nil {
		return nil, nil
	}
	b := img.Bounds()
	mid := b.Min.Y + b.Dy()/2
	return crop(img, image.Rect(b.Min.X, b.Min.Y, b.Max.X, mid)), crop(img, image.Rect(b.Min.X, mid, b.Max.X, b.Max.Y))
}

func crop(img image.Image, r image.Rectangle) image.Image {
	if s, ok := img.(interface {
		SubImage(image.Rectangle) image.Image
	}); ok {
		return s.SubImage(r)
	}
	return img
}

// sheetPicture shows the half or the whole of a page in a stage.
func (a *App) sheetPicture(l kit.Look, img image.Image, size fyne.Size) fyne.CanvasObject {
	return l.Picture(a.fitted(img, size), size)
}

// boxOf is the open signature box in mm.
func boxOf(v flow.View) render.Area {
	if v.Signer < len(v.Boxes) {
		return v.Boxes[v.Signer]
	}
	return render.Area{W: 60, H: 25}
}

// back returns to the entry.
func (a *App) back() {
	s := a.sess
	a.work(func(context.Context) { _ = s.Back() }, func() {})
}

// anew goes to the code of a new transaction from anywhere; what would be lost
// is asked for once.
func (a *App) anew() {
	home := func() {
		a.sess, a.view, a.pages, a.handed = nil, flow.View{}, nil, false
		a.open(newHome(a))
	}
	switch p := a.page.(type) {
	case *entryPage:
		p.escape()
		return
	case *calibrate:
		p.escape()
		return
	}
	if a.sess == nil || a.view.Step == flow.Filed {
		home()
		return
	}
	text := a.t("ask.drop")
	if a.view.Signer > 0 {
		text = a.t("ask.dropsigned")
	}
	a.ask(text, a.t("ask.drop.yes"), a.t("ask.drop.no2"), func() { a.endSession("teller", home) })
}

// took replaces the time until the voucher was filed by what filing cost itself;
// the rest was signing.
func (a *App) took(r *flow.Result) {
	var filing time.Duration
	for _, t := range r.Took {
		filing += t.D
	}
	p := &a.pace.took
	filing = min(filing, p[flow.Sign])
	p[flow.Sign] -= filing
	p[flow.Filed] = filing
}
