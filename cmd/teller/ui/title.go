package ui

import (
	"fmt"

	"moqian/cmd/internal/flow"
	"moqian/cmd/teller/wizard"
)

// retitle puts into the window's title where the work stands, for the task bar,
// for screen readers and for scripts.
func (a *App) retitle() {
	s := a.t("app.name") + " – " + a.where()
	if a.o.Trial != nil {
		s += " – TEST"
	}
	if s != a.title {
		a.title = s
		a.win.SetTitle(s)
	}
}

// where is the page in words.
func (a *App) where() string {
	if n := len(a.over); n > 0 {
		if _, ok := a.over[n-1].(*locked); ok {
			return a.t("lock.title")
		}
	}
	switch p := a.page.(type) {
	case *login:
		return a.t("login.title")
	case *unlock:
		return a.t("unlock.title")
	case *home:
		return a.t("home.code")
	case *signPage:
		return p.where()
	case *calibrate:
		return p.where()
	}
	code, title := a.page.head()
	if a.sess == nil || a.view.Type == nil || code != a.view.Type.Code {
		return code + " " + title
	}
	step := map[flow.Step]string{flow.Entry: "step.1", flow.Approval: "step.2", flow.Confirm: "step.3", flow.Filed: "step.5"}[a.view.Step]
	if a.view.Step == flow.Confirm {
		return fmt.Sprintf("%s %s %d/%d", code, a.t(step), a.reader.at+1, a.reader.n)
	}
	return code + " " + a.t(step)
}

func (p *signPage) where() string {
	a := p.a
	state := "s.ready"
	s := a.bridge.state()
	switch {
	case a.busy:
		state = "s.busy"
	case a.rec == nil:
		state = "s.closed"
	case s.rests():
		state = "s.rest"
	case s.strokes > 0:
		state = "s.writing"
	}
	return fmt.Sprintf("%s %s %d/%d %s", a.view.Type.Code, a.t("s.title"), a.view.Signer+1, len(a.signers()), a.t(state))
}

func (p *calibrate) where() string {
	a := p.a
	at := "9005 " + a.t("sys.9005")
	switch v := p.view(); {
	case p.w == nil:
		return at
	case p.kept:
		return at + " " + a.t("g.kept")
	case p.sum:
		return at + " " + a.t("g.sum")
	case v.Result != nil:
		return fmt.Sprintf("%s %d/%d %s", at, int(v.Step)+1, int(wizard.Steps), p.verdictWord(v.Result.Verdict))
	case v.Ready:
		return fmt.Sprintf("%s %d/%d %s", at, int(v.Step)+1, int(wizard.Steps), a.t("g.finish"))
	default:
		return fmt.Sprintf("%s %d/%d", at, int(v.Step)+1, int(wizard.Steps))
	}
}
