// Package chshare stands in for the one function of chisel that upterm uses.
//
// Why: the module proxy doesn't serve chisel's package, and upterm needs nothing else of that whole tunnelling program.
package chshare

import (
	"errors"
	"io"
	"net"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// NewWebSocketConn makes a stream of a WebSocket: each write is a binary message, and reads run across message borders. Reads
// may run beside writes; writes are serialized.
func NewWebSocketConn(socket *websocket.Conn) net.Conn {
	return &webSocketConn{Conn: socket}
}

type webSocketConn struct {
	*websocket.Conn

	writing sync.Mutex
	message io.Reader
}

// Read takes a normal closure for the end of the stream: over TCP, whose place this takes, that is no error.
func (c *webSocketConn) Read(into []byte) (int, error) {
	for {
		if c.message == nil {
			_, message, err := c.NextReader()
			if websocket.IsCloseError(err, websocket.CloseNormalClosure, websocket.CloseGoingAway) {
				return 0, io.EOF
			}
			if err != nil {
				return 0, err
			}
			c.message = message
		}

		count, err := c.message.Read(into)
		if errors.Is(err, io.EOF) {
			c.message, err = nil, nil
		}
		if count > 0 || err != nil || len(into) == 0 {
			return count, err
		}
	}
}

func (c *webSocketConn) Write(data []byte) (int, error) {
	c.writing.Lock()
	defer c.writing.Unlock()
	if err := c.WriteMessage(websocket.BinaryMessage, data); err != nil {
		return 0, err
	}
	return len(data), nil
}

func (c *webSocketConn) SetDeadline(at time.Time) error {
	return errors.Join(c.SetReadDeadline(at), c.SetWriteDeadline(at))
}
