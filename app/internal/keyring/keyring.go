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
	"sync"
)

// ErrForged is the answer to anything that no key of the ring made.
var ErrForged = errors.New("keyring: not made by any of these secrets")

// A Ring holds the secrets, newest first. The newest signs and seals; all verify and open.
type Ring struct {
	secrets [][]byte
	// derived keeps the keys, by secret and purpose, of which there are few.
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
	return mac(r.key(0, purpose), parts)
}

// Verify reports whether sum is what one of the secrets made of parts.
func (r Ring) Verify(sum []byte, purpose string, parts ...[]byte) bool {
	for i := range r.secrets {
		if hmac.Equal(sum, mac(r.key(i, purpose), parts)) {
			return true
		}
	}
	return false
}

// Seal encrypts plain with AES-256-GCM. What is about binds it to its place, such as a row's id.
func (r Ring) Seal(purpose string, plain, about []byte) ([]byte, error) {
	aead, err := sealer(r.key(0, purpose))
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
		aead, err := sealer(r.key(i, purpose))
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

func mac(key []byte, parts [][]byte) []byte {
	h := hmac.New(sha256.New, key)
	for _, part := range parts {
		var frame [8]byte
		binary.BigEndian.PutUint64(frame[:], uint64(len(part)))
		h.Write(frame[:])
		h.Write(part)
	}
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
func (r Ring) key(secret int, purpose string) []byte {
	name := keyName{secret, purpose}
	if key, known := r.derived.Load(name); known {
		return key.([]byte)
	}
	key := derive(r.secrets[secret], purpose)
	r.derived.Store(name, key)
	return key
}

// derive is HKDF (RFC 5869) with the purpose as its info.
func derive(secret []byte, purpose string) []byte {
	key, err := hkdf.Key(sha256.New, secret, nil, "gatehouse "+purpose, 32)
	if err != nil {
		panic("keyring: " + err.Error()) // only a length beyond what SHA-256 can give
	}
	return key
}
