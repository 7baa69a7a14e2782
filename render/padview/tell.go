package padview

import (
	"moqian/pad"
	"moqian/render"
	"moqian/render/form"
)

// Box is the picture that a signer writes on: whose signature is wanted, for
// which business and amount, the place to write, and the keys "cancel",
// "clear" and "confirm". signer counts from 0. An error is a missing glyph.
func (m *Maker) Box(f form.Filled, signer int) (Picture, error) {
	s := m.sheet()
	title, right := m.say("请签名", "Please sign"), m.pick(f.Type().Name)
	if list := f.Signers(); len(list) > 1 && signer < len(list) {
		title += "：" + m.pick(list[signer].Label())
	}
	if t := f.Type(); t.Amount != "" {
		if v, ok := f.Value(t.Amount); ok {
			right = v.Shown
		}
	}
	y := s.head(title, right)
	b := black()
	high := float64(m.h) - m.bar - y - 2*m.edge/2
	s.rect(m.edge, y+m.edge/2, float64(m.w)-2*m.edge, high, nil, &b, max(1, float64(m.h)/240))
	line := y + m.edge/2 + high*0.8
	s.rect(3*m.edge, line, float64(m.w)-6*m.edge, 1, &b, nil, 0)
	s.keys(key{pad.KeyCancel, m.say("取消", "Cancel"), false}, key{pad.KeyClear, m.say("重签", "Clear"), false},
		key{pad.KeyConfirm, m.say("签好了", "Done"), true})
	return s.picture()
}

// Idle is what the screen shows while nobody signs: the bank and its branch.
func (m *Maker) Idle(bank, branch form.Text) (Picture, error) {
	return m.tell(m.pick(bank), m.pick(branch))
}

// Wait asks for patience, while a picture is made or the teller works.
func (m *Maker) Wait() (Picture, error) {
	return m.tell(m.say("请稍候", "One moment, please"), m.say("柜员正在处理", "The teller is at work"))
}

// Thanks ends a transaction.
func (m *Maker) Thanks() (Picture, error) {
	return m.tell(m.say("办理完成，谢谢您", "All done, thank you"), "")
}

// tell puts one large line and a smaller one in the middle.
func (m *Maker) tell(large, small string) (Picture, error) {
	s := m.sheet()
	px := m.text * 1.8
	lines := s.wrap(px, float64(m.w)-2*m.edge, render.Bold, large)
	y := float64(m.h)/2 - px*1.3*float64(len(lines)-1)/2
	for _, l := range lines {
		s.write(float64(m.w)/2, y, px, 0.5, render.Bold, black(), l)
		y += px * 1.3
	}
	if small != "" {
		s.write(float64(m.w)/2, y, m.text, 0.5, render.Regular, black(), s.cut(m.text, float64(m.w)-2*m.edge, small))
	}
	if m.trial {
		s.write(float64(m.w)-m.edge, m.text, m.text*0.85, 1, render.Bold, black(), "TEST 测试")
	}
	return s.picture()
}
