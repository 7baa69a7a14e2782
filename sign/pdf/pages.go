package pdf

import (
	"errors"
	"fmt"
)

// maxPages bounds a page tree.
const maxPages = 10_000

// Pages lists the page objects in order.
func (f *File) Pages() ([]Ref, error) {
	root, err := f.Dict(f.Trailer()["Root"])
	if err != nil || root == nil {
		return nil, errors.Join(errors.New("no document catalogue"), err)
	}
	var out []Ref
	if err := f.pages(root["Pages"], 0, &out); err != nil {
		return nil, err
	}
	return out, nil
}

func (f *File) pages(node Object, depth int, out *[]Ref) error {
	if depth > maxDepth || len(*out) > maxPages {
		return errors.New("the page tree is too deep or too large")
	}
	r, ok := node.(Ref)
	if !ok {
		return errors.New("a page tree node is not indirect")
	}
	d, err := f.Dict(r)
	if err != nil {
		return err
	}
	if d["Type"] == Name("Page") {
		*out = append(*out, r)
		return nil
	}
	kids, err := f.Resolve(d["Kids"])
	if err != nil {
		return err
	}
	list, ok := kids.(Array)
	if !ok {
		return fmt.Errorf("page tree node %d has no /Kids", r.Num)
	}
	for _, k := range list {
		if err := f.pages(k, depth+1, out); err != nil {
			return err
		}
	}
	return nil
}
