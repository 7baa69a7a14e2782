// Package upload carries vouchers from the outbox to an archive and looks after
// them there: an Archive knows one kind of store, S3 or Folder; the Worker knows
// the order of things.
//
// The order never changes: Finalise, then READY with the final bytes committed,
// then the document is sent, then the index by which it is found again, then it
// is SENT. After a crash at any point the same bytes go to the same place again,
// the archive says that they are there already, and the index is written again:
// readers take a document that is indexed twice as one. Nothing is
// deleted here on an archive's word alone: at least a day later Worker.Verify
// reads the whole document back and compares its SHA-256 (VERIFIED), and only
// Worker.GiveUp then gives up the bytes (PURGED), after reading each back once more.
// The day is the archive's, and only the archive that took a document is asked. What the archive has forgotten is READY again and is
// sent again.
//
// It does not know what finishing a document means (time stamps: the caller's
// Finalise) and keeps no state of its own. Start at NewS3 or Folder, then
// Worker.Once or Watch, Worker.Verify, Find and Fetch. Sizes are bytes.
package upload

import (
	"context"
	"errors"
	"fmt"
	"path"
	"strings"
	"time"

	"github.com/oklog/ulid/v2"

	"moqian/store"
)

var (
	// ErrRefused: the archive will never take this item (a permanent refusal).
	ErrRefused = errors.New("the archive refuses this voucher")
	// ErrLater: try again (a passing failure).
	ErrLater = errors.New("the archive cannot take it now")
	// ErrUnreachable: nobody answered. It is an ErrLater too.
	ErrUnreachable = fmt.Errorf("the archive cannot be reached: %w", ErrLater)
	// ErrAbsent: the archive does not have the object.
	ErrAbsent = errors.New("the archive does not have it")
	// ErrAltered: what the archive gave back is not what was sent.
	ErrAltered = errors.New("the archive gives other bytes than were sent")
)

// Receipt is the archive's word.
type Receipt struct {
	Place   string // where it lies
	Already bool   // it was there before, byte for byte
}

// Sender delivers one item. It is idempotent: the key is made from the item's
// id and digest, so a repeat writes the same bytes to the same place. A nil
// error means that the bytes are durable there. Errors wrap ErrRefused, ErrLater
// or the context's. Send may be called from several goroutines. It must not use
// pdf after it has returned, whatever it returned: the next document stands there
// then.
type Sender interface {
	Send(ctx context.Context, it store.Item, pdf []byte) (Receipt, error)
}

// Packing is the ability of an archive to take the index of many documents in one
// object: a flood of small objects costs as much as the documents. Send is
// SendDocument and then SendIndex of the one. Errors are those of Sender.
type Packing interface {
	// SendDocument is Send without the index. Until SendIndex has said yes nobody
	// finds the document again, so its sender must not count it as sent.
	SendDocument(ctx context.Context, it store.Item, pdf []byte) (Receipt, error)
	// SendIndex writes the index of documents of one branch and business date that
	// the archive has, MostPacked at most. The object's key is made from its
	// content: a repeat writes the same bytes to the same place.
	SendIndex(ctx context.Context, items ...store.Item) error
}

// Archive is a Sender that can be read. All methods may be called from several
// goroutines; errors are those of Sender, and where something is read ErrAbsent.
type Archive interface {
	Sender
	// Put writes a small object once: the same bytes again are Already, other
	// bytes under the key are ErrRefused.
	Put(ctx context.Context, key string, data []byte) (Receipt, error)
	// Get gives the whole object.
	Get(ctx context.Context, key string) ([]byte, error)
	// List gives the keys that begin with prefix, in order.
	List(ctx context.Context, prefix string) ([]string, error)
	// Probe finds out what the archive can do; it may leave small objects under
	// the key "probe/".
	Probe(ctx context.Context) (Abilities, error)
}

// Abilities of an archive, as a probe found them.
type Abilities struct {
	Kind        string        `json:"kind"`        // folder, s3
	Conditional bool          `json:"conditional"` // a second write to a key is refused (If-None-Match: *)
	MD5         bool          `json:"md5"`         // wrong Content-MD5 is refused
	SHA256      bool          `json:"sha256"`      // wrong SHA-256 is refused
	ETag        bool          `json:"etag"`        // the ETag is the MD5
	Lock        bool          `json:"lock"`        // retain-until is kept
	Versioning  bool          `json:"versioning"`  // overwritten bytes are kept
	Skew        time.Duration `json:"skew"`        // the archive's clock less ours
	Notes       []string      `json:"notes"`       // what a person should know, in English
}

// FaultOf gives the kind of a failed try.
func FaultOf(err error) store.Fault {
	switch {
	case err == nil:
		return ""
	case errors.Is(err, ErrRefused):
		return store.FaultRefused
	case errors.Is(err, ErrUnreachable):
		return store.FaultUnreachable
	case errors.Is(err, ErrLater):
		return store.FaultLater
	case errors.Is(err, ErrAbsent), errors.Is(err, ErrAltered):
		return store.FaultLost
	}
	return store.FaultLocal
}

// Key is the place of an item in any archive, slash-separated:
// branch/date/ULID-sha256.pdf. Parts that could lead elsewhere are ErrRefused.
func Key(it store.Item) (string, error) {
	_, errID := ulid.ParseStrict(it.ID)
	_, errDate := time.Parse(time.DateOnly, it.Business)
	if errID != nil || errDate != nil || !plain(it.Branch) || !plain(it.SHA256) || len(it.SHA256) != 64 {
		return "", fmt.Errorf("%w: no key from branch %q, date %q, id %q, digest %q",
			ErrRefused, it.Branch, it.Business, it.ID, it.SHA256)
	}
	return path.Join(it.Branch, it.Business, it.ID+"-"+it.SHA256+".pdf"), nil
}

// ItemOfKey reads what a key tells of its item: ID, Branch, Business, SHA256.
func ItemOfKey(key string) (store.Item, bool) {
	parts := strings.Split(key, "/")
	if len(parts) != 3 {
		return store.Item{}, false
	}
	name, ok := strings.CutSuffix(parts[2], ".pdf")
	id, sum, cut := strings.Cut(name, "-")
	it := store.Item{ID: id, Branch: parts[0], Business: parts[1], SHA256: sum}
	if again, err := Key(it); !ok || !cut || err != nil || again != key {
		return store.Item{}, false
	}
	return it, true
}

func plain(s string) bool {
	for _, c := range []byte(s) {
		switch {
		case c >= '0' && c <= '9', c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c == '-', c == '_':
		default:
			return false
		}
	}
	return s != ""
}

// Explain gives the sentence for a person, in Chinese and in English, of an
// error of this package; found is false for errors that it does not know.
func Explain(err error) (zh, en string, found bool) {
	for _, s := range []struct {
		err    error
		zh, en string
	}{
		{ErrRefused, "档案库拒收此凭证，凭证仍在本机。请查看原因，处理后执行 queue retry。",
			"The archive refuses this voucher; it is still here. See why, mend it, then queue retry."},
		{errNoCertificate, "档案库要求本机出示客户端证书，但尚未设置。请管理员设置 client_cert 和 client_key。",
			"The archive asks for a client certificate and none is configured. Ask the administrator to set client_cert and client_key."},
		{errForeign, "档案库不认可签发本机客户端证书的机构。请管理员换用总行签发的证书。",
			"The archive does not know the authority of this workstation's client certificate. Ask the administrator for one of head office."},
		{errExpired, "本机客户端证书不在有效期内，档案库不接受。请管理员更换证书，或校准时钟。",
			"This workstation's client certificate is not valid today. Ask the administrator for a new one, or set the clock."},
		{errTurnedDown, "档案库不接受本机客户端证书，可能已被吊销。请联系管理员。",
			"The archive turns this workstation's client certificate down; it may be revoked. Ask the administrator."},
		{errImpostor, "档案库自己的证书不可信，未发送任何凭证。请管理员检查 ca 设置；可能有人冒充档案库。",
			"The archive's own certificate is not trusted; nothing was sent. Ask the administrator to check ca; somebody may pose as the archive."},
		{ErrCertificate, "档案库与本机互不认可对方的证书，凭证仍在本机。请管理员检查证书。",
			"The archive and this workstation do not accept each other's certificates; the voucher is still here. Ask the administrator."},
		{ErrUnreachable, "连不上档案库，凭证仍在本机，将自动重试。请检查网络。",
			"The archive cannot be reached; the voucher is still here and is tried again. Check the line."},
		{ErrLater, "档案库暂不能接收，凭证仍在本机，将自动重试。",
			"The archive cannot take it now; the voucher is still here and is tried again."},
		{ErrAbsent, "档案库中没有此凭证。", "The archive does not have this voucher."},
		{ErrAltered, "档案库中的凭证与发送时不同！请通知总行。",
			"The archive gives other bytes than were sent. Tell head office."},
	} {
		if errors.Is(err, s.err) {
			return s.zh, s.en, true
		}
	}
	return "", "", false
}
