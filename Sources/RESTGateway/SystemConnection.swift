internal import AsyncHTTPClient
internal import GatewayKit
internal import NIOCore
internal import NIOHTTP1
internal import NIOSSL

/// Posts envelopes to one system over HTTP, each once.
struct SystemConnection: Sendable {
  private static let mediaType = "application/json"

  let url: String
  private let timeout: Duration
  private let client: HTTPClient

  init(url: String, trustRoots: String?, timeout: Duration) throws(AddressFault) {
    let host = ["http://", "https://"].compactMap { scheme in
      url.hasPrefix(scheme) ? url.dropFirst(scheme.count) : nil
    }.first
    guard let host, !host.isEmpty, !host.contains("/"), !host.contains("?") else {
      throw .url(url)
    }
    var settings = HTTPClient.Configuration(
      redirectConfiguration: .disallow,
      timeout: .init(
        connect: .init(min(timeout, .seconds(10))), read: .init(timeout), write: .init(timeout)))
    settings.connectionPool.retryConnectionEstablishment = false
    settings.httpVersion = .http1Only
    if let trustRoots {
      do {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(trustRoots))
        settings.tlsConfiguration = tls
      } catch {
        throw .trustRoots(path: trustRoots, reason: "\(error)")
      }
    }
    self.url = url
    self.timeout = timeout
    client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: settings)
  }

  func close() async {
    // Fails only if it was shut down before, which is as good.
    try? await client.shutdown()
  }

  /// Posts `body` and reads the answer, at most `limit` bytes of it.
  /// - Throws: `GatewayFault` for every status but 200: only an envelope is an answer.
  func post(
    _ body: [UInt8], to path: String, idempotencyKey: String?, limit: Int
  ) async throws(GatewayFault) -> [UInt8] {
    let deadline = NIODeadline.now() + TimeAmount(timeout)
    var request = HTTPClientRequest(url: url + path)
    request.method = .POST
    request.headers = ["content-type": Self.mediaType, "accept": Self.mediaType]
    if let idempotencyKey { request.headers.add(name: "idempotency-key", value: idempotencyKey) }
    request.body = .bytes(ByteBuffer(bytes: body))
    do {
      let response = try await client.execute(request, deadline: deadline)
      guard response.status == .ok else { throw fault(response) }
      var bytes: [UInt8] = []
      for try await chunk in response.body {
        guard bytes.count + chunk.readableBytes <= limit else {
          throw GatewayFault.violation(reason: "the answer has more than \(limit) bytes")
        }
        guard NIODeadline.now() < deadline else { throw GatewayFault.timedOut }
        bytes.append(contentsOf: chunk.readableBytesView)
      }
      return bytes
    } catch {
      throw fault(error)
    }
  }

  /// Statuses are nobody's signed word: they say whether to try again, and nothing of documents.
  private func fault(_ response: HTTPClientResponse) -> GatewayFault {
    let status = Int(response.status.code)
    switch status {
    case 429, 503:
      let seconds = response.headers.first(name: "retry-after").flatMap { UInt32($0) }
      return .busy(retryAfter: seconds.map { .seconds($0) })
    case 408, 500...: return .unreachable(reason: "HTTP status \(status)")
    default: return .violation(reason: "HTTP status \(status)")
    }
  }

  private func fault(_ error: any Error) -> GatewayFault {
    if let fault = error as? GatewayFault { return fault }
    let timeouts: [HTTPClientError] = [
      .deadlineExceeded, .readTimeout, .writeTimeout, .connectTimeout, .tlsHandshakeTimeout,
      .getConnectionFromPoolTimeout,
    ]
    if let error = error as? HTTPClientError, timeouts.contains(error) { return .timedOut }
    return .unreachable(reason: GatewayFault.words(error))
  }
}

/// Why a system cannot be spoken to at all.
public enum AddressFault: Error, Hashable, Sendable {
  /// Not of the form `http://host:port` or `https://host:port`.
  case url(String)
  /// The file of authorities cannot be used.
  case trustRoots(path: String, reason: String)
}

extension AddressFault: CustomStringConvertible {
  public var description: String {
    switch self {
    case .url(let url): "url is '\(url)': give http://host:port or https://host:port"
    case .trustRoots(let path, let reason): "trustRoots is '\(path)': \(reason)"
    }
  }
}
