internal import Hummingbird
internal import HummingbirdCore
internal import HummingbirdTLS
public import Logging
internal import NIOCore
internal import NIOSSL
public import ServiceLifecycle

/// Serves a node's client API over HTTP/1.1, or HTTPS if there is a certificate.
///
/// Runs until graceful shutdown or cancellation: requests in progress are then answered, event
/// streams end. Limits are those of `APIConfiguration.limits`.
/// - Source: docs/openapi.yaml.
public struct APIServer: Service {
  private let application: Application<RouteTable>

  /// Prepares the server; nothing listens before `run()`.
  /// - Parameter onServerRunning: Called once with the port that was bound.
  /// - Throws: `APIFault.certificate` if the files of HTTPS cannot be used.
  public init(
    service: any NodeService, configuration: APIConfiguration, logger: Logger,
    onServerRunning: @escaping @Sendable (_ port: Int) async -> Void = { _ in }
  ) throws(APIFault) {
    let limits = configuration.limits
    application = Application(
      responder: RouteTable(routes: NodeRoutes(service: service, limits: limits).all),
      server: try Self.transport(tls: configuration.tls, limits: limits),
      configuration: ApplicationConfiguration(
        address: .hostname(configuration.host, port: configuration.port),
        backlog: limits.backlog,
        availableConnectionsDelegate: .maximum(limits.connections, logger: logger)),
      onServerRunning: { channel in
        await onServerRunning(channel.localAddress?.port ?? configuration.port)
      },
      logger: logger)
  }

  /// Listens and serves.
  /// - Throws: What the system says if the address cannot be bound.
  public func run() async throws {
    try await application.run()
  }

  private static func transport(
    tls: APIConfiguration.TLSFiles?, limits: APILimits
  ) throws(APIFault) -> HTTPServerBuilder {
    let pace = ConnectionPace.Bounds(limits)
    let plain = HTTPServerBuilder.http1(
      configuration: HTTP1Channel.Configuration(
        additionalChannelHandlers: [
          ConnectionGuard(bounds: pace, bodyBytesMax: limits.transactionBytes)
        ],
        httpDecoderConfiguration: .init(
          maxHeaderFieldSize: limits.headerBytes, maxHeaderListSize: limits.headerBytes,
          maxHeaderFieldCount: limits.headerFields)))
    guard let tls else { return plain }
    do {
      let chain = try NIOSSLCertificate.fromPEMFile(tls.certificateChain)
      let key = try NIOSSLPrivateKey(file: tls.privateKey, format: .pem)
      var settings = TLSConfiguration.makeServerConfiguration(
        certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
      settings.minimumTLSVersion = .tlsv12
      settings.applicationProtocols = ["http/1.1"]
      // Builds the context once, so that a key of another certificate is refused here.
      _ = try NIOSSLContext(configuration: settings)
      return try .tls(plain, tlsConfiguration: settings)
    } catch {
      throw .certificate(path: tls.certificateChain, reason: "\(error)")
    }
  }
}
