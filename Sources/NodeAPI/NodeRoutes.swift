internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdCore
internal import NIOCore
internal import Wire

/// The routes of the client API.
/// - Source: docs/openapi.yaml, which a test holds to this list.
struct NodeRoutes: Sendable {
  private static let headersByDefault: UInt64 = 100

  private let service: any NodeService
  private let limits: APILimits
  private let memory: Quota
  private let events: EventStream
  private let genesis: ByteBuffer

  init(service: any NodeService, limits: APILimits) {
    self.service = service
    self.limits = limits
    memory = Quota(limits.bodyBytesInFlight)
    events = EventStream(
      service: service, heartbeat: limits.heartbeat, streams: Quota(limits.eventStreams))
    genesis = ByteBuffer(bytes: service.genesisDocument)
  }

  /// The most used first, because a request is compared with one after the other.
  var all: [Route] {
    [
      Route(.post, "/v1/transactions", handler: submit),
      Route(.get, "/v1/transactions/{id}", handler: receipts),
      Route(.get, "/v1/assets/{namespace}/{key}", parameters: ["at_least"], handler: asset),
      Route(.post, "/v1/assets", handler: assets),
      Route(.get, "/v1/assets/{namespace}/{key}/trail", parameters: ["at_least"], handler: trail),
      Route(.post, "/v1/sealed", handler: sealed),
      Route(.post, "/v1/packets", handler: packets),
      Route(.get, "/v1/log/{position}", handler: logRecord),
      Route(.get, "/v1/consistency", parameters: ["from"], handler: consistency),
      Route(.get, "/v1/headers", parameters: ["from", "limit"], handler: headers),
      Route(.get, "/v1/headers/latest", handler: latestHeader),
      Route(.get, "/v1/epochs", parameters: ["from"], handler: epochs),
      Route(.get, "/v1/status", handler: status),
      Route(.get, "/v1/genesis", handler: genesisDocument),
      Route(.get, "/v1/events", parameters: ["from"], handler: eventStream),
      Route(.get, "/metrics", handler: metrics),
      Route(.get, "/healthz", handler: health),
    ]
  }

  @Sendable private func submit(_ call: Call) async throws -> Response {
    try await call.withBody(
      WireSignedTransaction.self, limit: limits.transactionBytes, memory: memory
    ) { bytes in
      let outcome = try await service.submit(bytes)
      let succeeded = outcome.receipts.contains { receipt in
        if case .success = receipt.outcome { true } else { false }
      }
      return try Answer.message(outcome, as: call.form, status: succeeded ? .ok : .conflict)
    }
  }

  @Sendable private func receipts(_ call: Call) async throws -> Response {
    try Answer.message(
      try await service.receipts(of: call.digest(0, "id")), as: call.form)
  }

  @Sendable private func asset(_ call: Call) async throws -> Response {
    try Answer.message(
      try await service.asset(
        namespace: call.text(0, "namespace"), key: call.text(1, "key"),
        atLeast: call.query["at_least"] ?? 0), as: call.form)
  }

  @Sendable private func assets(_ call: Call) async throws -> Response {
    try await call.withBody(
      WireAssetsRequest.self, limit: limits.assetNamesBytes, memory: memory
    ) { bytes in
      try Answer.message(try await service.assets(bytes), as: call.form)
    }
  }

  @Sendable private func trail(_ call: Call) async throws -> Response {
    try Answer.message(
      try await service.trail(
        namespace: call.text(0, "namespace"), key: call.text(1, "key"),
        atLeast: call.query["at_least"] ?? 0), as: call.form)
  }

  @Sendable private func sealed(_ call: Call) async throws -> Response {
    try await call.withBody(
      WireSignedQuery.self, limit: limits.questionBytes, memory: memory
    ) { bytes in
      try Answer.message(try await service.sealed(bytes), as: call.form)
    }
  }

  @Sendable private func packets(_ call: Call) async throws -> Response {
    try await call.withBody(
      WireSignedQuery.self, limit: limits.questionBytes, memory: memory
    ) { bytes in
      try Answer.message(try await service.packets(bytes), as: call.form)
    }
  }

  @Sendable private func logRecord(_ call: Call) async throws -> Response {
    try Answer.message(
      try await service.logRecord(at: call.number(0, "position")), as: call.form)
  }

  @Sendable private func consistency(_ call: Call) async throws -> Response {
    guard let older = call.query["from"] else {
      throw Problem.invalidParameter(
        "from", "", remedy: "give the height of the header that you have")
    }
    return try Answer.message(try await service.consistency(from: older), as: call.form)
  }

  @Sendable private func headers(_ call: Call) async throws -> Response {
    let most = UInt64(limits.headersPerAnswer)
    let limit = call.query["limit"] ?? min(Self.headersByDefault, most)
    guard (1...most).contains(limit) else {
      throw Problem.invalidParameter("limit", "\(limit)", remedy: "ask for 1 to \(most) headers")
    }
    return try Answer.message(
      try await service.headers(from: call.query["from"] ?? 1, limit: Int(limit)), as: call.form)
  }

  @Sendable private func latestHeader(_ call: Call) async throws -> Response {
    let height = await service.status().height
    return try Answer.message(
      try await service.headers(from: height, limit: 1), as: call.form)
  }

  @Sendable private func epochs(_ call: Call) async throws -> Response {
    try Answer.message(
      try await service.epochs(from: call.query["from"] ?? 0, limit: limits.linksPerAnswer),
      as: call.form)
  }

  @Sendable private func status(_ call: Call) async throws -> Response {
    try Answer.message(await service.status(), as: call.form)
  }

  @Sendable private func genesisDocument(_ call: Call) async throws -> Response {
    Answer.response(.ok, "application/octet-stream", genesis)
  }

  /// Begins after `Last-Event-ID`, which a client repeats by itself, or else at `from`.
  @Sendable private func eventStream(_ call: Call) async throws -> Response {
    let name = "last-event-id"
    guard let text = HTTPField.Name(name).flatMap({ call.request.headers[$0] }) else {
      return try await events.response(from: call.query["from"] ?? 0)
    }
    let last = try Query.number(name, text)
    guard last < .max else { throw Problem.invalidNumber(name, text) }
    return try await events.response(from: last + 1)
  }

  @Sendable private func metrics(_ call: Call) async throws -> Response {
    Answer.response(
      .ok, "text/plain; version=0.0.4; charset=utf-8",
      ByteBuffer(string: await service.metrics()))
  }

  @Sendable private func health(_ call: Call) async throws -> Response {
    Answer.response(.ok, "text/plain; charset=utf-8", ByteBuffer(string: "ok\n"))
  }
}
