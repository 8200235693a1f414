package temporal

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

// guarded is a service that lets in who has the key, and is asked for the
// namespace, as Temporal Cloud does.
type guarded struct {
	workflowservice.UnimplementedWorkflowServiceServer
}

func (guarded) let(ctx context.Context) error {
	md, _ := metadata.FromIncomingContext(ctx)
	switch got := md.Get("authorization"); {
	case len(got) != 1 || got[0] == "Bearer unknown":
		return status.Error(codes.Unauthenticated, "no such key")
	case got[0] != "Bearer the-key":
		return status.Error(codes.PermissionDenied, "wrong key")
	}
	return nil
}

// GetSystemInfo implements [workflowservice.WorkflowServiceServer].
func (g guarded) GetSystemInfo(
	ctx context.Context, _ *workflowservice.GetSystemInfoRequest,
) (*workflowservice.GetSystemInfoResponse, error) {
	return &workflowservice.GetSystemInfoResponse{}, g.let(ctx)
}

// DescribeNamespace implements [workflowservice.WorkflowServiceServer].
func (g guarded) DescribeNamespace(
	ctx context.Context, r *workflowservice.DescribeNamespaceRequest,
) (*workflowservice.DescribeNamespaceResponse, error) {
	md, _ := metadata.FromIncomingContext(ctx)
	if got := md.Get("temporal-namespace"); len(got) != 1 || got[0] != r.GetNamespace() {
		return nil, status.Errorf(codes.InvalidArgument, "namespace %v", got)
	}
	return &workflowservice.DescribeNamespaceResponse{}, g.let(ctx)
}

// TestDialSecurely: TLS both ways, and an API key that is replaced later.
func TestDialSecurely(t *testing.T) {
	t.Parallel()
	certFile, keyFile := certificate(t)
	address := serveGuarded(t, certFile, keyFile)
	apiKey := filepath.Join(t.TempDir(), "key")
	write := func(key string) {
		if err := os.WriteFile(apiKey, []byte(key+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c := Connection{
		Address: address, Namespace: "space", TLS: true, CAFile: certFile, CertFile: certFile, KeyFile: keyFile,
		ServerName: "temporal.example", APIKeyFile: apiKey, Log: quiet(),
	}
	for _, key := range []string{"another", "unknown"} {
		write(key)
		if _, err := Dial(t.Context(), c); err == nil || !strings.Contains(err.Error(), "--temporal-api-key-file") {
			t.Errorf("a wrong key gives %v", err)
		}
	}
	write("the-key")
	conn, err := Dial(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	write("replaced")
	if _, err := conn.WorkflowService().GetSystemInfo(t.Context(), &workflowservice.GetSystemInfoRequest{}); err == nil {
		t.Error("the key that was replaced is still used")
	}
	write("the-key")
	c.ServerName = "elsewhere.example"
	if _, err := Dial(t.Context(), c); err == nil {
		t.Error("a certificate for another name is taken")
	}
	c.ServerName, c.CertFile, c.KeyFile = "temporal.example", "", ""
	if _, err := Dial(t.Context(), c); err == nil {
		t.Error("who shows no certificate is let in")
	}
}

// serveGuarded runs the service until the test ends.
func serveGuarded(t *testing.T, certFile, keyFile string) (address string) {
	t.Helper()
	pair, err := tls.LoadX509KeyPair(certFile, keyFile)
	if err != nil {
		t.Fatal(err)
	}
	clients := x509.NewCertPool()
	clients.AddCert(pair.Leaf)
	var listen net.ListenConfig
	listener, err := listen.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := grpc.NewServer(grpc.Creds(credentials.NewTLS(&tls.Config{
		Certificates: []tls.Certificate{pair}, ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: clients,
		MinVersion: tls.VersionTLS12,
	})))
	workflowservice.RegisterWorkflowServiceServer(s, guarded{})
	go func() { _ = s.Serve(listener) }() // It ends with Stop.
	t.Cleanup(s.Stop)
	return listener.Addr().String()
}

// certificate writes one for both sides, signed by itself, with its key.
func certificate(t *testing.T) (certFile, keyFile string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, DNSNames: []string{"temporal.example"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true,
		KeyUsage:    x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	write := func(name, kind string, bytes []byte) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: bytes}), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	return write("cert.pem", "CERTIFICATE", der), write("key.pem", "PRIVATE KEY", private)
}
