/// Where the client API listens, and within which bounds.
public struct APIConfiguration: Hashable, Sendable {
  /// The certificate and key of HTTPS.
  public struct TLSFiles: Hashable, Sendable {
    /// A PEM file with the certificate first and its intermediates after it.
    public var certificateChain: String
    /// A PEM file with the certificate's private key.
    public var privateKey: String

    public init(certificateChain: String, privateKey: String) {
      self.certificateChain = certificateChain
      self.privateKey = privateKey
    }
  }

  /// A host name or address of this machine.
  public var host: String
  /// A TCP port; 0 lets the system choose one.
  public var port: Int
  /// HTTPS if given, plain HTTP otherwise.
  public var tls: TLSFiles?
  /// Bounds on what clients may take.
  public var limits: APILimits

  public init(
    host: String, port: Int, tls: TLSFiles? = nil, limits: APILimits = APILimits()
  ) {
    self.host = host
    self.port = port
    self.tls = tls
    self.limits = limits
  }
}
