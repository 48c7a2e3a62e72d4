package import GatewayKit
internal import Synchronization

/// A place in memory that keeps every promise, or breaks the one it is made to break.
package final class MemoryGateway: Gateway, GatewayRig {
  private struct Place {
    var taken: [DocumentID: GatewayDocument] = [:]
    /// Outcomes that stand.
    var outcomes: [DocumentID: GatewayOutcome] = [:]
    var effects: [GatewayDocument] = []
    var offered: [GatewayDocument] = []
    var settled: [Told] = []
    var decisions: [String: GatewayOutcome] = [:]
    var disturbance: Disturbance?
    var nowMs: UInt64
    var pagesGiven = 0
  }

  package let name: String
  package let contentBytesMax = 64 * 1_024
  private let flaw: ConformanceCheck?
  private let place: Mutex<Place>

  /// - Parameters:
  ///   - flaw: The promise that it breaks.
  ///   - nowMs: The time at the place, which stands until it is made to pass.
  package init(
    _ name: String = "memory", flaw: ConformanceCheck? = nil, nowMs: UInt64 = 1_800_000_000_000
  ) {
    self.name = name
    self.flaw = flaw
    place = Mutex(Place(nowMs: nowMs))
  }

  package var gateway: any Gateway { self }

  /// Performs a call as the disturbance of the moment has it.
  private func call<Value>(
    _ body: (inout sending Place) throws(GatewayFault) -> sending Value
  ) throws(GatewayFault) -> Value {
    let outcome: Result<Value, GatewayFault> = place.withLock { place in
      switch place.disturbance {
      case .unreachable where flaw != .survivesOutage:
        return .failure(.unreachable(reason: "as told"))
      case .unreachable: return .failure(.violation(reason: "nothing there"))
      case .busy where flaw != .tellsBusy: return .failure(.busy(retryAfter: .milliseconds(1)))
      case .busy: return .failure(.unreachable(reason: "busy"))
      case .answerLost, nil: break
      }
      let answer: Result<Value, GatewayFault>
      do throws(GatewayFault) { answer = .success(try body(&place)) } catch {
        answer = .failure(error)
      }
      return place.disturbance == .answerLost ? .failure(.timedOut) : answer
    }
    return try outcome.get()
  }

  package func deliver(
    _ document: GatewayDocument
  ) async throws(GatewayFault) -> GatewayOutcome {
    let isKnown = isKnown(document.id)
    // Lets others come in between where the flaw is just that.
    if flaw == .takesOnceAtOnce { try? await Task.sleep(for: .milliseconds(20)) }
    return try call { place throws(GatewayFault) in
      take(document, isKnown: isKnown, in: &place)
    }
  }

  private func isKnown(_ id: DocumentID) -> Bool {
    place.withLock { $0.taken[id] != nil }
  }

  private func take(
    _ document: GatewayDocument, isKnown: Bool, in place: inout Place
  ) -> GatewayOutcome {
    let id = document.id
    let isLate = document.heading.timeoutMs <= place.nowMs
    if flaw == .answersAfterTimeout, isLate { return .refused(.late) }
    if let first = flaw == .takesOnceAtOnce && !isKnown ? nil : place.taken[id] {
      if first != document, flaw != .refusesOther { return .refused(.conflict) }
      let lost = flaw == .survivesLostAnswer && place.disturbance == nil && place.pagesGiven > 0
      if flaw == .takesOnce || lost { place.effects.append(document) }
      if flaw == .namesRefusal { return .done }
      return outcome(of: id, in: &place) ?? .pending
    }
    if isLate, flaw != .refusesLate { return .refused(.late) }
    let count = document.content?.bytes.count ?? 0
    if count > contentBytesMax, flaw != .refusesLarge { return .refused(.tooLarge) }
    place.taken[id] = document
    let outcome = outcome(of: id, in: &place) ?? .pending
    if case .refused = outcome { return outcome }
    place.effects.append(flaw == .takesWhole ? document.withoutContent : document)
    return outcome
  }

  /// The outcome that stands, or what is decided now.
  private func outcome(of id: DocumentID, in place: inout Place) -> GatewayOutcome? {
    if let outcome = place.outcomes[id] { return outcome }
    guard let document = place.taken[id] else { return flaw == .tellsOutcome ? .done : nil }
    let outcome = place.decisions[document.heading.businessKey] ?? .done
    if outcome.isFinal { place.outcomes[id] = outcome }
    return outcome
  }

  package func outcome(of id: DocumentID) async throws(GatewayFault) -> GatewayOutcome? {
    try call { place throws(GatewayFault) in outcome(of: id, in: &place) }
  }

  /// A cursor is the number of documents before it, with a mark.
  package func documents(
    after cursor: GatewayCursor?, limit: Int
  ) async throws(GatewayFault) -> GatewayPage {
    try call { place throws(GatewayFault) in
      var start = 0
      if let bytes = cursor?.bytes {
        guard bytes.count == 2, bytes[0] == 0x63 else {
          guard flaw == .refusesCursor else { throw .refused(.unknownCursor) }
          return GatewayPage(documents: [], cursor: cursor)
        }
        start = Int(bytes[1])
      }
      place.pagesGiven += 1
      // A source that forgets what it gave.
      if flaw == .repeatsCursor, place.pagesGiven > 2 { start += 1 }
      var documents = Array(place.offered.dropFirst(start).prefix(max(limit, 1)))
      let end = GatewayCursor([0x63, UInt8(start + documents.count)])
      if flaw == .keepsOrder { documents.reverse() }
      if flaw == .givesWhole { documents = documents.map(\.withoutContent) }
      guard !documents.isEmpty else {
        return GatewayPage(documents: [], cursor: flaw == .waitsAtEnd ? nil : cursor)
      }
      return GatewayPage(documents: documents, cursor: end)
    }
  }

  package func settle(
    _ id: DocumentID, as outcome: GatewayOutcome
  ) async throws(GatewayFault) {
    try call { place throws(GatewayFault) in
      guard place.offered.contains(where: { $0.id == id }) || flaw == .settlesOwn else {
        throw .refused(.unknownDocument)
      }
      if let first = place.settled.first(where: { $0.id == id }) {
        if flaw == .settlesOnce { place.settled.append(Told(id, outcome)) }
        if first.outcome != outcome, flaw != .settlesOneWay { throw .refused(.settledOtherwise) }
        return
      }
      place.settled.append(Told(id, outcome))
    }
  }
}

extension MemoryGateway {
  package func nowMs() async -> UInt64 { place.withLock { $0.nowMs } }

  package func pass(_ time: Duration) async {
    place.withLock { $0.nowMs += UInt64(clamping: time.components.seconds) * 1_000 }
  }

  @discardableResult
  package func offer(_ documents: [GatewayDocument]) async -> [GatewayDocument] {
    place.withLock { $0.offered += documents }
    return documents
  }

  package func taken() async -> [GatewayDocument] { place.withLock { $0.effects } }

  package func settled() async -> [Told] { place.withLock { $0.settled } }

  package func decide(_ businessKey: String, _ outcome: GatewayOutcome) async {
    place.withLock { $0.decisions[businessKey] = outcome }
  }

  package func disturb(_ disturbance: Disturbance?) async {
    place.withLock { $0.disturbance = disturbance }
  }

  package func restart() async {
    guard flaw == .survivesRestart else { return }
    place.withLock { $0.taken = [:] }
  }
}

extension GatewayDocument {
  fileprivate var withoutContent: GatewayDocument {
    (try? GatewayDocument(id: id, heading: heading, body: body, content: nil)) ?? self
  }
}
