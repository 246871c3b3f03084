package main

import (
	"cmp"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gatehouse-go/gatehouse/locales/internal/po"
)

// template makes the catalogue without translations. It bears no date: the same source makes the
// same file.
func template(sentences []*sentence, name string) *po.File {
	project := strings.TrimSuffix(name, filepath.Ext(name))
	file := &po.File{
		Lead: []string{"# Every sentence there is to translate, read from the source. Do not edit: locales/extract writes it."},
		Header: "Project-Id-Version: " + project + "\n" +
			"MIME-Version: 1.0\n" +
			"Content-Type: text/plain; charset=UTF-8\n" +
			"Content-Transfer-Encoding: 8bit\n",
	}
	for _, s := range sentences {
		file.Entries = append(file.Entries, s.entry(2))
	}
	return file
}

// entry makes a sentence's entry, with no translation yet.
func (s *sentence) entry(forms int) *po.Entry {
	e := &po.Entry{Context: s.context, ID: s.id, Plural: s.plural, Files: slices.Sorted(maps.Keys(s.files))}
	for _, code := range slices.Sorted(maps.Keys(s.codes)) {
		e.Notes = append(e.Notes, "code: "+code)
	}
	if s.plural == "" {
		forms = 1
	}
	e.Forms = make([]string, forms)
	if verbs, err := po.Verbs(cmp.Or(s.plural, s.id)); err == nil && len(verbs) > 0 {
		e.Flags = []string{"go-format"}
	}
	return e
}

// mergeFile reads a catalogue and brings it up to the source.
func mergeFile(name string, sentences []*sentence) (*po.File, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	old, err := po.Parse(data)
	if err != nil {
		return nil, err
	}
	return merge(old, sentences)
}

// merge keeps what a translator wrote: the header, the translations, the remarks. A translation
// whose sentence is gone is kept as obsolete, and is there again when the sentence comes back.
func merge(old *po.File, sentences []*sentence) (*po.File, error) {
	rule, err := old.Rule()
	if err != nil {
		return nil, err
	}
	merged := &po.File{Lead: old.Lead, Header: old.Header}
	translated := map[[2]string]*po.Entry{}
	for _, e := range old.Entries {
		key := [2]string{e.Context, e.ID}
		if before := translated[key]; before == nil || before.Obsolete {
			translated[key] = e
		}
	}
	for _, s := range sentences {
		e := s.entry(rule.Forms())
		key := [2]string{s.context, s.id}
		if before := translated[key]; before != nil {
			inherit(e, before)
			delete(translated, key)
		}
		merged.Entries = append(merged.Entries, e)
	}
	gone := slices.SortedFunc(maps.Values(translated), func(a, b *po.Entry) int {
		return cmp.Or(strings.Compare(a.ID, b.ID), strings.Compare(a.Context, b.Context))
	})
	for _, e := range gone {
		if strings.Join(e.Forms, "") == "" {
			continue
		}
		e.Obsolete, e.Files, e.Notes = true, nil, nil
		merged.Entries = append(merged.Entries, e)
	}
	// Lines are those of the file as it will be written, so that errors name the right ones.
	written, err := po.Parse(merged.Bytes())
	if err != nil {
		return nil, fmt.Errorf("merged: %w", err)
	}
	return written, nil
}

// inherit takes over what the translator wrote for the entry as it was before.
func inherit(e, before *po.Entry) {
	e.Remarks = before.Remarks
	for _, flag := range before.Flags {
		if !strings.HasSuffix(flag, "-format") && flag != "" {
			e.Flags = append(e.Flags, flag)
		}
	}
	slices.Sort(e.Flags)
	e.Flags = slices.Compact(e.Flags)
	copy(e.Forms, before.Forms)
	if e.Plural != before.Plural && strings.Join(before.Forms, "") != "" && !slices.Contains(e.Flags, "fuzzy") {
		e.Flags = append([]string{"fuzzy"}, e.Flags...)
	}
}

// untranslated lists the entries that are said in English for want of a translation.
func untranslated(file *po.File) []*po.Entry {
	var missing []*po.Entry
	for _, e := range file.Entries {
		if !e.Obsolete && !e.Spoken() {
			missing = append(missing, e)
		}
	}
	return missing
}
