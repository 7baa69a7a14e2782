package store

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"io"
	"os"
)

// reach follows the tree of pages in a bbolt file from its root and says whether
// each is what it says it is, within the file, and used once. bbolt finds pages
// that are used twice only while it opens the file, in a goroutine of its own,
// and then ends the program; pages that point in a circle it does not find at
// all. The layout is that of bbolt's file format, version 2.
//
// After a restart of the machine nothing of the file is in memory: the pages below
// one are asked for together, before the first is waited for.
func reach(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return err
	}
	singly(f)
	t := &pageTree{f: f, size: st.Size(), soon: func(at, n int64) { soon(f, at, n) }}
	root, err := t.newestMeta()
	if err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	if err := t.visit(root, 0); err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return nil
}

type pageTree struct {
	f        io.ReaderAt
	size     int64  // of the file
	pageSize int64  // of a page
	pages    uint64 // pages that the file says it has
	used     []uint64
	heads    int // head pages that are whole: two, unless the last write was torn

	soon func(at, n int64) // asks for bytes; nil: nobody does
}

const (
	pageHeader  = 16 // id, flags, count, overflow
	elementSize = 16 // of branch and leaf pages alike
	branchPage  = 0x01
	leafPage    = 0x02
	bucketLeaf  = 0x01 // flag of a leaf element whose value is a bucket
	magic       = 0xED0CDAED
	metaSize    = 64
	deepest     = 64 // levels of pages and buckets: real stores have fewer than ten
)

// newestMeta reads the head pages, of which the newer good one counts.
func (t *pageTree) newestMeta() (root uint64, err error) {
	var best uint64
	found := false
	// The second head page lies a page further on; its size stands in the first,
	// or is one of those that systems use.
	for _, at := range []int64{0, 4096, 8192, 16384, 32768, 65536} {
		b := make([]byte, metaSize)
		if _, err := t.f.ReadAt(b, at+pageHeader); err != nil {
			continue
		}
		sum := fnv.New64a()
		sum.Write(b[:metaSize-8])
		le := binary.LittleEndian
		size := int64(le.Uint32(b[8:]))
		if le.Uint32(b) != magic || sum.Sum64() != le.Uint64(b[metaSize-8:]) || at != 0 && at != size {
			continue
		}
		t.heads++
		if txid := le.Uint64(b[48:]); !found || txid > best {
			found, best = true, txid
			t.pageSize, root, t.pages = size, le.Uint64(b[16:]), le.Uint64(b[40:])
		}
	}
	if !found {
		return 0, fmt.Errorf("no head page is whole")
	}
	if t.pageSize < 512 || t.pages > uint64(t.size/t.pageSize) {
		return 0, fmt.Errorf("%d bytes, should be at least %d pages of %d", t.size, t.pages, t.pageSize)
	}
	t.used = make([]uint64, t.pages/64+1)
	return root, nil
}

// tornHead says whether one of the two head pages of a file is not whole, so that the
// newest transaction may be gone: bbolt goes back to the one before it without a word.
func tornHead(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return false
	}
	t := &pageTree{f: f, size: st.Size()}
	_, err = t.newestMeta()
	return err == nil && t.heads == 1
}

// take marks pages as used, once.
func (t *pageTree) take(id, n uint64) error {
	if id < 2 || n > t.pages || id > t.pages-n {
		return fmt.Errorf("page %d lies outside", id)
	}
	for p := id; p < id+n; p++ {
		if t.used[p/64]&(1<<(p%64)) != 0 {
			return fmt.Errorf("page %d is used twice", p)
		}
		t.used[p/64] |= 1 << (p % 64)
	}
	return nil
}

// visit follows one page and those below it.
func (t *pageTree) visit(id uint64, depth int) error {
	if depth > deepest {
		return fmt.Errorf("page %d lies too deep", id)
	}
	if id >= t.pages {
		return fmt.Errorf("page %d lies outside", id)
	}
	at := int64(id) * t.pageSize
	head := make([]byte, t.pageSize)
	if _, err := t.f.ReadAt(head, at); err != nil {
		return fmt.Errorf("page %d: %w", id, err)
	}
	le := binary.LittleEndian
	flags, count, overflow := le.Uint16(head[8:]), int64(le.Uint16(head[10:])), uint64(le.Uint32(head[12:]))
	if le.Uint64(head) != id {
		return fmt.Errorf("page %d says it is %d", id, le.Uint64(head))
	}
	if err := t.take(id, overflow+1); err != nil {
		return err
	}
	whole := int64(overflow+1) * t.pageSize
	end := pageHeader + count*elementSize
	if end > whole {
		return fmt.Errorf("page %d has %d elements", id, count)
	}
	elements := head[pageHeader:min(end, t.pageSize)]
	if end > t.pageSize {
		elements = make([]byte, end-pageHeader)
		if _, err := t.f.ReadAt(elements, at+pageHeader); err != nil {
			return fmt.Errorf("page %d: %w", id, err)
		}
	}
	t.ask(flags, head, elements)
	for i := range count {
		e := elements[i*elementSize : (i+1)*elementSize]
		var err error
		switch flags {
		case branchPage:
			err = t.visit(le.Uint64(e[8:]), depth+1)
		case leafPage:
			err = t.leaf(id, at, whole, pageHeader+i*elementSize, e, depth)
		default:
			err = fmt.Errorf("page %d is of no kind", id)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// ask asks for the pages that the elements of a page lead to. A bucket's root
// stands at the beginning of its value, which is in the page that was read or
// else is waited for.
func (t *pageTree) ask(flags uint16, head, elements []byte) {
	le := binary.LittleEndian
	for i := 0; t.soon != nil && i < len(elements); i += elementSize {
		e, id := elements[i:i+elementSize], uint64(0)
		at := int64(pageHeader+i) + int64(le.Uint32(e[4:])) + int64(le.Uint32(e[8:]))
		switch {
		case flags == branchPage:
			id = le.Uint64(e[8:])
		case flags == leafPage && le.Uint32(e)&bucketLeaf != 0 && at+8 <= int64(len(head)):
			id = le.Uint64(head[at:])
		}
		if id >= 2 && id < t.pages {
			t.soon(int64(id)*t.pageSize, t.pageSize)
		}
	}
}

// leaf looks at one element of a leaf page, and follows it if it is a bucket.
func (t *pageTree) leaf(id uint64, at, whole, offset int64, e []byte, depth int) error {
	le := binary.LittleEndian
	value := offset + int64(le.Uint32(e[4:])) + int64(le.Uint32(e[8:]))
	size := int64(le.Uint32(e[12:]))
	if value+size > whole {
		return fmt.Errorf("a value of page %d lies outside it", id)
	}
	if le.Uint32(e)&bucketLeaf == 0 {
		return nil
	}
	head := make([]byte, 16)
	if size < int64(len(head)) {
		return fmt.Errorf("a bucket of page %d has %d bytes", id, size)
	}
	if _, err := t.f.ReadAt(head, at+value); err != nil {
		return fmt.Errorf("page %d: %w", id, err)
	}
	root := le.Uint64(head)
	if root == 0 {
		return nil // it lies within the page
	}
	return t.visit(root, depth+1)
}
