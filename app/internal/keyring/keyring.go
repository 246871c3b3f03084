// Package keyring derives one key per purpose from the application's secrets, so that a value
// made for one purpose is never accepted for another.
package keyring

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"hash"
	"sync"
)

// ErrForged is the answer to anything that no key of the ring made.
var ErrForged = errors.New("keyring: not made by any of these secrets")

// A Ring holds the secrets, newest first. The newest signs and seals; all verify and open.
type Ring struct {
	secrets [][]byte
	// derived keeps the keys, by keyName, of which there are few.
	derived *sync.Map
}

// New makes a ring of secrets, newest first.
func New(secrets []string) Ring {
	r := Ring{secrets: make([][]byte, len(secrets)), derived: new(sync.Map)}
	for i, s := range secrets {
		r.secrets[i] = []byte(s)
	}
	return r
}

// MAC authenticates parts for purpose. Each part is framed by its length, so that no two lists of
// parts read alike.
func (r Ring) MAC(purpose string, parts ...[]byte) []byte {
	return r.key(0, purpose).mac(parts)
}

// Verify reports whether sum is what one of the secrets made of parts.
func (r Ring) Verify(sum []byte, purpose string, parts ...[]byte) bool {
	for i := range r.secrets {
		if hmac.Equal(sum, r.key(i, purpose).mac(parts)) {
			return true
		}
	}
	return false
}

// Seal encrypts plain with AES-256-GCM. What is about binds it to its place, such as a row's id.
func (r Ring) Seal(purpose string, plain, about []byte) ([]byte, error) {
	aead, err := sealer(r.key(0, purpose).raw)
	if err != nil {
		return nil, err
	}
	nonce := make([]byte, aead.NonceSize(), aead.NonceSize()+len(plain)+aead.Overhead())
	_, _ = rand.Read(nonce) // never fails: crypto/rand ends the program instead
	return aead.Seal(nonce, nonce, plain, about), nil
}

// Open decrypts what Seal made.
func (r Ring) Open(purpose string, sealed, about []byte) ([]byte, error) {
	for i := range r.secrets {
		aead, err := sealer(r.key(i, purpose).raw)
		if err != nil {
			return nil, err
		}
		if len(sealed) < aead.NonceSize() {
			return nil, ErrForged
		}
		nonce, box := sealed[:aead.NonceSize()], sealed[aead.NonceSize():]
		if plain, err := aead.Open(nil, nonce, box, about); err == nil {
			return plain, nil
		}
	}
	return nil, ErrForged
}

// A key authenticates and seals for one purpose.
type key struct {
	raw []byte
	// macs are HMACs that have the key worked in, to be reset and used again.
	macs sync.Pool
}

func newKey(raw []byte) *key {
	return &key{raw: raw, macs: sync.Pool{New: func() any { return hmac.New(sha256.New, raw) }}}
}

func (k *key) mac(parts [][]byte) []byte {
	framed := make([]byte, 0, 128) // enough for all but the longest parts
	for _, part := range parts {
		framed = binary.BigEndian.AppendUint64(framed, uint64(len(part)))
		framed = append(framed, part...)
	}
	h := k.macs.Get().(hash.Hash)
	defer k.macs.Put(h)
	h.Reset()
	h.Write(framed)
	return h.Sum(nil)
}

func sealer(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

type keyName struct {
	secret  int
	purpose string
}

// key is the key of a secret for a purpose.
func (r Ring) key(secret int, purpose string) *key {
	name := keyName{secret, purpose}
	if k, known := r.derived.Load(name); known {
		return k.(*key)
	}
	k, _ := r.derived.LoadOrStore(name, newKey(derive(r.secrets[secret], purpose)))
	return k.(*key)
}

// derive is HKDF (RFC 5869) with the purpose as its info.
func derive(secret []byte, purpose string) []byte {
	key, err := hkdf.Key(sha256.New, secret, nil, "gatehouse "+purpose, 32)
	if err != nil {
		panic("keyring: " + err.Error()) // only a length beyond what SHA-256 can give
	}
	return key
}
