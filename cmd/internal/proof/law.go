package proof

import (
	"fmt"
	"slices"
	"strings"

	"moqian/render/watermark"
	"moqian/sign"
)

// Finding is one condition of art. 13 with the reason for its state, for a
// reader who knows the law and not the format.
type Finding struct {
	Condition string     `json:"condition"` // exclusive, control, signature_intact, content_intact
	State     sign.Proof `json:"state"`
	ZH        string     `json:"zh"`
	EN        string     `json:"en"`
}

// findings words the four conditions.
func (e *examiner) findings() []Finding {
	x := Finding{Condition: "exclusive", State: e.Law.Exclusive}
	c := Finding{Condition: "control", State: e.Law.Control}
	s := Finding{Condition: "signature_intact", State: e.Law.SignatureIntact}
	t := Finding{Condition: "content_intact", State: e.Law.ContentIntact}
	x.ZH, x.EN = e.exclusive()
	c.ZH, c.EN = e.control()
	s.ZH, s.EN = e.signatureIntact()
	t.ZH, t.EN = e.contentIntact()
	return []Finding{x, c, s, t}
}

// signatories names those whose signature holds, once each.
func (e *examiner) signatories() string {
	var out []string
	for _, s := range e.Signatures {
		if s.Intact && s.Kind != sign.KindDocTimeStamp && !strings.Contains(strings.Join(out, "、"), s.Signatory) {
			out = append(out, s.Signatory)
		}
	}
	return strings.Join(out, "、")
}

func (e *examiner) exclusive() (zh, en string) {
	who := e.signatories()
	switch {
	case e.Law.Exclusive == sign.Claimed:
		zh = "证书仅签发给 " + who + "；私钥专属签署人，依证书政策与发证记录认定，本文件自身不能证明。"
		en = "The certificate was issued to " + who + " alone; that its key belongs to nobody else rests on the certificate policy and the issuer's records, not on this file."
		z, n := e.revocation()
		zh, en = zh+z, en+n
	case e.weak():
		zh, en = weakZH, weakEN
	case e.Verdict == sign.Unsigned && len(e.Signatures) > 0:
		zh, en = "文件只有时间戳，没有签名人。", "The file holds time stamps alone: there is no signatory."
	case who != "" && e.Verdict == sign.Invalid:
		zh = "文件核验不通过（见“说明与问题”），不能据以认定签名数据专属何人。"
		en = "The file does not stand (see the remarks), so it does not show to whom the signature data belong."
	case who != "" && e.chained():
		zh = "签名证书可信，但文件中另有未获认可之处（见“说明与问题”），不据以认定。"
		en = "The certificate is trusted, but something beside it in the file is not (see the remarks), so nothing is concluded."
	case who != "":
		zh = "签名证书未获信任（原因见“说明与问题”），无法认定签名数据专属何人。"
		en = "The certificate is not trusted (the remarks say why), so nothing says to whom the signature data belong."
	default:
		zh, en = "没有完整的数字签名，无从认定。", "There is no intact digital signature to judge."
	}
	if e.Voucher != nil {
		zh += "客户手写笔迹本身不含任何专属密钥，不单独构成本项证明。"
		en += " A customer's handwriting holds no key and does not by itself prove this condition."
	}
	return zh, en
}

// chained: every intact signature's certificate is trusted.
func (e *examiner) chained() bool {
	return !slices.ContainsFunc(e.Signatures, func(s sign.Signature) bool {
		return s.Intact && s.Kind != sign.KindDocTimeStamp && s.Chain != "trusted"
	})
}

// revocation says how far it was checked whether a signatory's certificate was
// revoked.
func (e *examiner) revocation() (zh, en string) {
	for _, s := range e.Signatures {
		if s.Kind != sign.KindDocTimeStamp && s.Revocation != sign.RevocationGood {
			return "证书是否被吊销未查明（没有适用的吊销列表或应答）。", " Whether a certificate had been revoked is unknown: no list or answer covers it."
		}
	}
	return "已查：证书在所认定的签署时间未被吊销。", " Checked: the certificate had not been revoked at the time of signing that is taken."
}

func (e *examiner) control() (zh, en string) {
	if e.Law.Control == sign.Claimed {
		zh = "签署时由签署人单独控制（PIN、令牌、登录），依系统操作日志与管理制度认定，本文件自身不能证明。"
		en = "Sole control at signing (PIN, token, login) rests on the operation log and the bank's rules, not on this file."
	} else {
		zh, en = "本文件不含可据以认定控制情况的内容。", "Nothing in this file speaks to who was in control."
	}
	if e.Voucher != nil && len(e.Pad.Signers) > 0 {
		zh += fmt.Sprintf("采集证据：%s。", e.captureZH())
		en += fmt.Sprintf(" Capture evidence: %s.", e.captureEN())
	}
	return zh, en
}

func (e *examiner) captureZH() string {
	p := e.Pad.Signers[0]
	kind := "签字板 " + p.Model
	if e.Pad.Virtual {
		kind = "软件模拟签字板（测试）"
	}
	if e.Pad.Source != "signed" {
		return fmt.Sprintf("%d 处笔迹，%s，未经有效签名确认", len(e.Pad.Signers), kind)
	}
	return fmt.Sprintf("%d 处笔迹，%s，记录于签名范围之内", len(e.Pad.Signers), kind)
}

func (e *examiner) captureEN() string {
	p := e.Pad.Signers[0]
	kind := "pad " + p.Model
	if e.Pad.Virtual {
		kind = "software pad (TEST)"
	}
	inks := "1 ink"
	if n := len(e.Pad.Signers); n != 1 {
		inks = fmt.Sprintf("%d inks", n)
	}
	if e.Pad.Source != "signed" {
		return fmt.Sprintf("%s, %s, not covered by an intact signature", inks, kind)
	}
	return fmt.Sprintf("%s, %s, recorded inside the signed bytes", inks, kind)
}

func (e *examiner) signatureIntact() (zh, en string) {
	switch e.Law.SignatureIntact {
	case sign.Proven:
		zh = fmt.Sprintf("%d 个签名的签名值均经证书公钥验证一致；改动任一字节即不成立。", len(e.Signatures))
		if en = "The signature value fits the public key of its certificate; a change of any byte would break it."; len(e.Signatures) != 1 {
			en = fmt.Sprintf("All %d signature values fit the public keys of their certificates; a change of any byte would break them.", len(e.Signatures))
		}
	case sign.Broken:
		zh, en = "签名不成立或已被改动，见“说明与问题”。", "A signature does not hold or was changed; see the remarks."
	default:
		zh, en = "没有签名。", "There is no signature."
		if e.weak() {
			zh, en = weakZH, weakEN
		}
	}
	return zh, en
}

func (e *examiner) contentIntact() (zh, en string) {
	switch e.Law.ContentIntact {
	case sign.Proven:
		zh, en = "签名字节范围覆盖其版本的全部字节，重算摘要与签名所载一致", "Each signature covers every byte of its revision, and the recomputed digest is the signed one"
		if allowed(e.Signatures) {
			zh += "；其后只有许可的变更（时间戳、验证数据、预留签名域）。"
			en += "; only permitted changes follow (time stamps, validation data, prepared fields)."
		} else {
			zh, en = zh+"；其后没有变更。", en+"; nothing follows."
		}
	case sign.Broken:
		zh, en = "内容或形式在签署后被改动，或无法排除改动，见“说明与问题”。", "Content or form was changed after signing, or a change cannot be ruled out; see the remarks."
	default:
		zh, en = "没有签名保护内容。", "No signature protects the content."
		if e.weak() {
			zh, en = weakZH, weakEN
		} else if e.Law.SignatureIntact == sign.Proven {
			zh = "先前签署的字节未被改动，但后加的签名域覆盖了已签署页面上的文字，所见内容与先前所签是否一致不能证明。"
			en = "The bytes that were signed are unchanged, but the look of a later signature field lies over text of the signed page, so what is seen is not shown to be what was signed."
		}
	}
	switch e.Mark.Binding.State {
	case watermark.Match:
		zh += "笔迹水印与本凭证一致。"
		en += " The marks in the ink belong to this voucher."
	case watermark.Foreign, watermark.Altered:
		zh += "但笔迹水印与本凭证不符。"
		en += " But the marks in the ink do not fit this voucher."
	}
	return zh, en
}

// What a signature by a weak algorithm shows.
const (
	weakZH = "签名值一致，但其算法强度不足（SHA-1 或 RSA 不足 2048 位），有能力者可以伪造，不能据以认定。"
	weakEN = "The signature value fits, but by an algorithm too weak (SHA-1, or RSA below 2048 bits): whoever has the means can forge it, so it shows nothing."
)

// weak says that the problems name a weak algorithm.
func (e *examiner) weak() bool {
	return slices.ContainsFunc(e.Problems, func(p sign.Problem) bool { return p.Code == "weak-algorithm" })
}

func allowed(list []sign.Signature) bool {
	for _, s := range list {
		if s.LaterChanges == "allowed" {
			return true
		}
	}
	return false
}

// RoleZH is the Chinese word for a signer's role (form.Signer.Role.EN), or the
// role itself.
func RoleZH(role string) string {
	zh, ok := map[string]string{
		"customer": "客户", "guardian": "监护人", "agent": "代办人", "payer": "付款人", "applicant": "申请人", "depositor": "存款人",
	}[strings.ToLower(role)]
	if !ok {
		return role
	}
	return zh
}
