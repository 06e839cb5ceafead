// Why: uptermd terminates every guest's SSH and carries it on to the host of the session. Upstream does that with a fork of
// golang.org/x/crypto; the fork is not to be had from the module proxy, and a fork of a cryptographic library is a lot to trust
// for one feature. This file adds the few names uptermd needs to the plain library. It pipes whole channels and requests over
// the library's own client and server instead of packets, so it holds no key and no cipher of its own.
//
// Three things are more than piping asks for, because a lease that ends must end for everybody. Inside the relay, neither end
// of a tunnel learns that the other one closed until it writes to it. So:
//   - A heartbeat finds out that the host is gone; a quiet guest would hang until its next key press.
//   - A guest that is gone is signed off with an SSH disconnect; the host would go on listing it.
//   - A guest that reads nothing can't keep its connection open: what is left for it is discarded after drainLimit.

package ssh

import (
	"crypto/rand"
	"errors"
	"io"
	"net"
	"slices"
	"sync"
	"time"
)

const (
	// connectLimit bounds the handshake with the host, which may be frozen while its tunnel is still open.
	connectLimit = 4 * time.Second
	// heartbeatInterval bounds how long a guest outlives a host that vanished.
	heartbeatInterval = time.Second
	// drainLimit bounds how long the last output waits for a guest that doesn't read it.
	drainLimit = 2 * time.Second

	heartbeatRequest    = "keepalive@openssh.com"
	publicKeyAuthMethod = "publickey"

	// disconnectByApplication is the reason code of RFC 4253 for an end that is nobody's fault.
	disconnectByApplication = 11
)

var (
	errPublicKeyRefused = errors.New("ssh: public keys are not accepted for this user")
	errNoUpstream       = errors.New("ssh: no upstream was chosen for this key")
)

// ChallengeContext is what earlier authentication steps left for later ones. There is one step here, so it is always nil.
type ChallengeContext any

// Upstream is where a guest's connection continues: an open transport and how to log in over it. An empty user or client
// version stands for the guest's own.
type Upstream struct {
	Conn    net.Conn
	Address string
	ClientConfig
}

// PiperConfig says who may pass, and to where. Only public keys authenticate.
type PiperConfig struct {
	// PublicKeyCallback is asked once for each key a guest offers, before the guest has proved that it owns the key.
	PublicKeyCallback func(ConnMetadata, PublicKey, ChallengeContext) (*Upstream, error)
	// NextAuthMethods, if set, is asked first; unless it names "publickey", no key is looked at.
	NextAuthMethods func(ConnMetadata, ChallengeContext) ([]string, error)
	// ServerVersion is the identification sent to guests.
	ServerVersion string

	hostKeys []Signer
}

// AddHostKey adds a key with which this server proves its identity to guests.
func (c *PiperConfig) AddHostKey(key Signer) {
	c.hostKeys = append(c.hostKeys, key)
}

// PiperConn is a guest's connection joined to its upstream.
type PiperConn struct {
	guest, upstream pipeEnd

	mu       sync.Mutex
	ending   bool
	channels sync.WaitGroup

	done chan struct{}
	err  error
}

// pipeEnd is one of the two connections that are joined.
type pipeEnd struct {
	Conn
	incoming <-chan NewChannel
	requests <-chan *Request
}

// NewSSHPiperConn authenticates a guest, logs in upstream on its behalf, and starts piping. The guest is let in only after the
// upstream has accepted it, so a refusal there is an ordinary "Permission denied" here. It closes conn when it fails.
func NewSSHPiperConn(conn net.Conn, config *PiperConfig) (*PiperConn, error) {
	door := &pipeDoor{config: config}
	defer door.dropOffer()

	server := &ServerConfig{
		ServerVersion:             config.ServerVersion,
		PublicKeyCallback:         door.offer,
		VerifiedPublicKeyCallback: door.enter,
	}
	for _, key := range config.hostKeys {
		server.AddHostKey(key)
	}

	guest, channels, requests, err := NewServerConn(conn, server)
	if err != nil {
		if door.upstream.Conn != nil {
			door.upstream.signOff()
		}
		return nil, err
	}

	p := &PiperConn{
		guest:    pipeEnd{guest.Conn, channels, requests},
		upstream: door.upstream,
		done:     make(chan struct{}),
	}
	p.start()
	return p, nil
}

// Wait returns when both sides are closed, with what ended the upstream's.
func (p *PiperConn) Wait() error {
	<-p.done
	return p.err
}

// Close ends the guest's side at once, which ends the upstream's.
func (p *PiperConn) Close() {
	p.guest.Close()
}

// pipeDoor holds what one guest's authentication has reached. The server calls it from one goroutine only.
type pipeDoor struct {
	config   *PiperConfig
	offered  *Upstream
	upstream pipeEnd
}

// offer keeps the upstream of the key offered last: the server always asks again before it verifies another one.
func (d *pipeDoor) offer(guest ConnMetadata, key PublicKey) (*Permissions, error) {
	d.dropOffer()
	if d.config.NextAuthMethods != nil {
		methods, err := d.config.NextAuthMethods(guest, nil)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(methods, publicKeyAuthMethod) {
			return nil, errPublicKeyRefused
		}
	}

	upstream, err := d.config.PublicKeyCallback(guest, key, nil)
	if err != nil {
		return nil, err
	}
	d.offered = upstream
	return &Permissions{}, nil
}

// enter logs in upstream, now that the guest has proved that the key is its own.
func (d *pipeDoor) enter(guest ConnMetadata, _ PublicKey, granted *Permissions, _ string) (*Permissions, error) {
	upstream := d.offered
	if upstream == nil {
		return nil, errNoUpstream
	}
	defer d.dropOffer()

	config := upstream.ClientConfig
	if config.User == "" {
		config.User = guest.User()
	}
	if config.ClientVersion == "" {
		config.ClientVersion = string(guest.ClientVersion())
	}

	// A timer and not a deadline, since not every transport has deadlines.
	overdue := time.AfterFunc(connectLimit, func() { upstream.Conn.Close() })
	defer overdue.Stop()
	conn, channels, requests, err := NewClientConn(upstream.Conn, upstream.Address, &config)
	if err != nil {
		return nil, err
	}
	d.upstream = pipeEnd{conn, channels, requests}
	d.offered = nil
	return granted, nil
}

func (d *pipeDoor) dropOffer() {
	if d.offered != nil {
		signOffUnused(d.offered.Conn)
		d.offered = nil
	}
}

func disconnectPacket() []byte {
	return Marshal(&disconnectMsg{Reason: disconnectByApplication, Message: "the session has ended"})
}

// signOff tells the peer before it closes, and closes all the same when the peer doesn't read.
func (e pipeEnd) signOff() {
	overdue := time.AfterFunc(drainLimit, func() { e.Close() })
	defer overdue.Stop()
	if open, ok := e.Conn.(*connection); ok {
		open.transport.writePacket(disconnectPacket())
	}
	e.Close()
}

// signOffUnused does the same on a transport over which no handshake has begun.
func signOffUnused(conn net.Conn) {
	overdue := time.AfterFunc(drainLimit, func() { conn.Close() })
	defer overdue.Stop()
	if _, err := io.WriteString(conn, packageVersion+"\r\n"); err == nil {
		newTransport(conn, rand.Reader, true).writePacket(disconnectPacket())
	}
	conn.Close()
}

func (p *PiperConn) start() {
	go pipeGlobalRequests(p.upstream, p.guest.requests)
	go pipeGlobalRequests(p.guest, p.upstream.requests)
	go p.pipeChannels(p.upstream, p.guest.incoming)
	go p.pipeChannels(p.guest, p.upstream.incoming)

	guestGone := make(chan struct{})
	go func() {
		p.guest.Wait()
		close(guestGone)
		p.upstream.signOff()
	}()
	go p.heartbeat(guestGone)
	go func() {
		p.err = p.upstream.Wait()
		p.drain()
		p.guest.signOff()
		<-guestGone
		close(p.done)
	}()
}

// heartbeat needs no answer: the attempt to write is what makes the relay find out that the host is gone.
func (p *PiperConn) heartbeat(stop <-chan struct{}) {
	ticker := time.NewTicker(heartbeatInterval)
	defer ticker.Stop()
	for {
		select {
		case <-stop:
			return
		case <-ticker.C:
			if _, _, err := p.upstream.SendRequest(heartbeatRequest, false, nil); err != nil {
				return
			}
		}
	}
}

// drain lets the last output and the exit status through before the guest's connection closes.
func (p *PiperConn) drain() {
	p.mu.Lock()
	p.ending = true
	p.mu.Unlock()

	overdue := time.AfterFunc(drainLimit, func() { p.guest.Close() })
	defer overdue.Stop()
	p.channels.Wait()
}

func pipeGlobalRequests(to Conn, requests <-chan *Request) {
	for request := range requests {
		ok, answer, err := to.SendRequest(request.Type, request.WantReply, request.Payload)
		if request.WantReply {
			request.Reply(ok && err == nil, answer)
		}
	}
}

func (p *PiperConn) pipeChannels(to Conn, incoming <-chan NewChannel) {
	for channel := range incoming {
		p.mu.Lock()
		ending := p.ending
		if !ending {
			p.channels.Add(1)
		}
		p.mu.Unlock()
		if ending {
			channel.Reject(ConnectionFailed, "the connection is ending")
			continue
		}
		go func() {
			defer p.channels.Done()
			p.pipeChannel(to, channel)
		}()
	}
}

func (p *PiperConn) pipeChannel(to Conn, opening NewChannel) {
	far, farRequests, err := to.OpenChannel(opening.ChannelType(), opening.ExtraData())
	if err != nil {
		reason, message := ConnectionFailed, err.Error()
		var refused *OpenChannelError
		if errors.As(err, &refused) {
			reason, message = refused.Reason, refused.Message
		}
		opening.Reject(reason, message)
		return
	}
	near, nearRequests, err := opening.Accept()
	if err != nil {
		far.Close()
		go DiscardRequests(farRequests)
		return
	}

	var both sync.WaitGroup
	both.Add(2)
	go func() { defer both.Done(); p.pipeOneWay(far, near, nearRequests) }()
	go func() { defer both.Done(); p.pipeOneWay(near, far, farRequests) }()
	both.Wait()
}

// pipeOneWay passes on everything that comes from one end of a channel, in the order end of data, then close: a close that
// overtook data would cut a guest's last screen.
func (p *PiperConn) pipeOneWay(to, from Channel, requests <-chan *Request) {
	copied := make(chan struct{})
	go func() {
		var streams sync.WaitGroup
		streams.Add(2)
		go func() { defer streams.Done(); io.Copy(to, from) }()
		go func() { defer streams.Done(); io.Copy(to.Stderr(), from.Stderr()) }()
		streams.Wait()
		to.CloseWrite()
		close(copied)
	}()

	for request := range requests {
		ok, err := to.SendRequest(request.Type, request.WantReply, request.Payload)
		if request.WantReply {
			request.Reply(ok && err == nil, nil)
		}
	}

	select {
	case <-copied:
		to.Close()
	case <-time.After(drainLimit):
		// Only the end of the connection frees a write to a peer that has stopped reading.
		p.Close()
	}
}
