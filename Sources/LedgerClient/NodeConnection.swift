public import AsyncHTTPClient
internal import LedgerModel
internal import NIOCore
internal import NIOHTTP1
internal import NIOSSL
internal import SwiftProtobuf
internal import Wire

/// Asks one node over its HTTP API, in protobuf.
///
/// Answers are the node's word: check proofs with `LightVerifier`. Nothing is tried twice here.
/// Call `close()` at the end, unless the HTTP client is yours.
public struct NodeConnection: Sendable {
  private static let mediaType = "application/x-protobuf"
  private static let problemType = "application/x-protobuf;message=Problem"
  /// Longest silence before an answer or between its parts: above the node's heartbeat.
  private static let silence = Duration.seconds(45)

  /// The node's address, e.g. `https://node1.example:8443`, without a slash at the end.
  public let url: String
  let timeout: Duration
  private let client: HTTPClient
  private let isOwner: Bool

  /// Prepares a connection; nothing is sent before the first question.
  /// - Parameters:
  ///   - url: `http://` or `https://`, a host and a port, and nothing else.
  ///   - trustRoots: A PEM file of the authorities to trust instead of the system's.
  ///   - timeout: Bounds each call from its start to the last byte of its answer.
  ///   - connections: How many may be open at once; further calls wait their turn.
  /// - Throws: `ClientFault.unreachable` if the address or the file cannot be used.
  public init(
    url: String, trustRoots: String? = nil, timeout: Duration = .seconds(30),
    connections: Int = 8
  ) throws(ClientFault) {
    var settings = HTTPClient.Configuration(
      redirectConfiguration: .disallow,
      timeout: .init(
        connect: .init(min(timeout, .seconds(10))), read: .init(max(timeout, Self.silence)),
        write: .init(timeout)))
    settings.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = max(1, connections)
    // A node that is not there is told at once; whether to try again is the caller's decision.
    settings.connectionPool.retryConnectionEstablishment = false
    settings.httpVersion = .http1Only
    if let trustRoots {
      do {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(trustRoots))
        settings.tlsConfiguration = tls
      } catch {
        throw .unreachable(url: url, reason: "\(trustRoots): \(error)")
      }
    }
    self.url = try Self.checked(url)
    self.timeout = timeout
    client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: settings)
    isOwner = true
  }

  /// Prepares a connection on an HTTP client that the caller shuts down.
  ///
  /// Its redirects should be disallowed and its read timeout above 15 s, the events' heartbeat.
  /// - Throws: `ClientFault.unreachable` if the address cannot be used.
  public init(
    url: String, client: HTTPClient, timeout: Duration = .seconds(30)
  ) throws(ClientFault) {
    self.url = try Self.checked(url)
    self.timeout = timeout
    self.client = client
    isOwner = false
  }

  /// Ends all connections; calls in progress fail.
  public func close() async {
    // Fails only if it was shut down before, which is as good.
    if isOwner { try? await client.shutdown() }
  }

  private static func checked(_ url: String) throws(ClientFault) -> String {
    let host = ["http://", "https://"].compactMap { scheme in
      url.hasPrefix(scheme) ? url.dropFirst(scheme.count) : nil
    }.first
    guard let host, !host.isEmpty, !host.contains("/"), !host.contains("?") else {
      throw .unreachable(url: url, reason: "not of the form http://host:port or https://host:port")
    }
    return url
  }

  /// Asks and reads one message.
  /// - Parameter accepting: Statuses whose body is the message; all others are problems.
  func ask<M: Message>(
    _ type: M.Type, _ path: String, post body: [UInt8]? = nil, accepting: [UInt] = [200]
  ) async throws(ClientFault) -> M {
    let bytes = try await fetch(path, post: body, accepting: accepting)
    do {
      return try M(serializedBytes: bytes)
    } catch {
      throw .protocolViolation(reason: "\(path): the answer is not a \(M.protoMessageName)")
    }
  }

  /// Asks and reads the bytes of the answer, `Limits.bundleBytes` at most.
  func fetch(
    _ path: String, post body: [UInt8]? = nil, accepting: [UInt] = [200]
  ) async throws(ClientFault) -> [UInt8] {
    let deadline = NIODeadline.now() + TimeAmount(timeout)
    let response = try await open(path, post: body, deadline: deadline)
    let bytes = try await read(response, deadline: deadline)
    let isProblem = response.headers.first(name: "content-type") == Self.problemType
    guard !isProblem, accepting.contains(response.status.code) else {
      throw refusal(response, bytes)
    }
    return bytes
  }

  /// Sends a request and waits for the head of its answer.
  func open(
    _ path: String, post body: [UInt8]? = nil, headers: [(String, String)] = [],
    deadline: NIODeadline
  ) async throws(ClientFault) -> HTTPClientResponse {
    var request = HTTPClientRequest(url: url + path)
    request.headers = HTTPHeaders([("accept", Self.mediaType)] + headers)
    if let body {
      request.method = .POST
      request.headers.add(name: "content-type", value: Self.mediaType)
      request.body = .bytes(ByteBuffer(bytes: body))
    }
    do {
      return try await client.execute(request, deadline: deadline)
    } catch {
      throw fault(error)
    }
  }

  /// Reads a body to its end.
  func read(
    _ response: HTTPClientResponse, deadline: NIODeadline
  ) async throws(ClientFault) -> [UInt8] {
    var bytes: [UInt8] = []
    do {
      for try await chunk in response.body {
        guard bytes.count + chunk.readableBytes <= Limits.bundleBytes else {
          throw ClientFault.protocolViolation(
            reason: "the answer has more than \(Limits.bundleBytes) bytes")
        }
        guard NIODeadline.now() < deadline else { throw ClientFault.timedOut(url: url) }
        bytes.append(contentsOf: chunk.readableBytesView)
      }
    } catch {
      throw fault(error)
    }
    return bytes
  }

  /// The node's problem, or a violation if the body is none.
  func refusal(_ response: HTTPClientResponse, _ bytes: [UInt8]) -> ClientFault {
    let status = Int(response.status.code)
    guard response.headers.first(name: "content-type") == Self.problemType,
      let problem = try? WireProblem(serializedBytes: bytes), !problem.code.isEmpty
    else { return .protocolViolation(reason: "HTTP status \(status) without a problem") }
    return .refused(
      ProblemReport(
        code: problem.code, status: status, field: problem.field, value: problem.value,
        remedy: problem.remedy,
        retryAfter: response.headers.first(name: "retry-after").flatMap { Int($0) }))
  }

  func fault(_ error: any Error) -> ClientFault {
    if let fault = error as? ClientFault { return fault }
    let timeouts: [HTTPClientError] = [
      .deadlineExceeded, .readTimeout, .writeTimeout, .connectTimeout, .tlsHandshakeTimeout,
      .getConnectionFromPoolTimeout,
    ]
    if let error = error as? HTTPClientError, timeouts.contains(error) {
      return .timedOut(url: url)
    }
    return .unreachable(url: url, reason: ClientFault.words(error))
  }
}
