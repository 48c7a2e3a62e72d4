internal import GatewayKit

/// Runs checks against a gateway whose place is fresh.
package struct Conformance: Sendable {
  let rig: any GatewayRig
  let check: ConformanceCheck
  var gateway: any Gateway { rig.gateway }

  package init(_ check: ConformanceCheck, on rig: any GatewayRig) {
    self.check = check
    self.rig = rig
  }

  /// - Throws: `ConformanceFailure` if the gateway does otherwise; whatever the rig throws.
  package func run() async throws {
    switch check {
    case .takesOnce: try await takesOnce()
    case .takesOnceAtOnce: try await takesOnceAtOnce()
    case .refusesOther: try await refusesOther()
    case .takesWhole: try await takesWhole()
    case .givesWhole: try await givesWhole()
    case .keepsOrder: try await keepsOrder()
    case .repeatsCursor: try await repeatsCursor()
    case .waitsAtEnd: try await waitsAtEnd()
    case .refusesCursor: try await refusesCursor()
    case .namesRefusal: try await namesRefusal()
    case .refusesLarge: try await refusesLarge()
    case .refusesLate: try await refusesLate()
    case .answersAfterTimeout: try await answersAfterTimeout()
    case .tellsOutcome: try await tellsOutcome()
    case .settlesOnce: try await settlesOnce()
    case .settlesOneWay: try await settlesOneWay()
    case .settlesOwn: try await settlesOwn()
    case .survivesOutage: try await survivesOutage()
    case .survivesLostAnswer: try await survivesLostAnswer()
    case .tellsBusy: try await tellsBusy()
    case .survivesRestart: try await survivesRestart()
    }
  }

  func expect<Value: Equatable>(
    _ found: Value, _ wanted: Value, _ what: String
  ) throws(ConformanceFailure) {
    guard found != wanted else { return }
    throw ConformanceFailure(
      check: check, found: "\(what): \(short(found)) instead of \(short(wanted))")
  }

  /// The call must throw a fault of that kind.
  func expectFault<Value>(
    _ what: String, where isExpected: (GatewayFault) -> Bool,
    _ call: () async throws(GatewayFault) -> Value
  ) async throws(ConformanceFailure) {
    let value: Value
    do {
      value = try await call()
    } catch {
      guard !isExpected(error) else { return }
      throw ConformanceFailure(check: check, found: "\(what): \(error)")
    }
    throw ConformanceFailure(check: check, found: "\(what) was answered: \(short(value))")
  }

  private func short(_ value: Any) -> String {
    let text = "\(value)"
    return text.count <= 300 ? text : "\(text.prefix(300))…"
  }

  /// All documents after a cursor, by pages.
  func all(
    after cursor: GatewayCursor? = nil, limit: Int = 3
  ) async throws -> (documents: [GatewayDocument], cursor: GatewayCursor?) {
    var found: [GatewayDocument] = []
    var cursor = cursor
    while true {
      let page = try await gateway.documents(after: cursor, limit: limit)
      guard page.documents.count <= limit else {
        throw ConformanceFailure(
          check: check, found: "a page of \(limit) has \(page.documents.count) documents")
      }
      guard !page.documents.isEmpty else { return (found, cursor) }
      found += page.documents
      cursor = page.cursor
      guard found.count <= Self.documentsMax else {
        throw ConformanceFailure(check: check, found: "the documents do not end")
      }
    }
  }

  private static let documentsMax = 1_000

  /// A document for or from the place, different for each number.
  func document(
    _ number: Int, _ way: Wanted.Way = .toPlace, contentBytes: Int = 100,
    lasting: Int64 = 3_600, isPending: Bool = false
  ) async throws -> GatewayDocument {
    let now = try await rig.nowMs()
    let timeout = lasting < 0 ? now - UInt64(-lasting) * 1_000 : now + UInt64(lasting) * 1_000
    return try rig.document(
      Wanted(
        way: way, number: number, contentBytes: contentBytes, timeoutMs: timeout,
        isPending: isPending))
  }

  /// The same with another content.
  func altered(_ document: GatewayDocument) throws -> GatewayDocument {
    try GatewayDocument(
      id: document.id, heading: document.heading, body: document.body,
      content: GatewayDocument.Content(schema: 7, schemaVersion: 2, bytes: [1]))
  }
}
