/// A place that standard documents go to and come from, each exactly once: a chain, or a system
/// without one.
///
/// All four calls may be repeated without further effect, and by several callers at once. Whoever
/// carries documents repeats a call until it is answered; that is what makes "at least once" of
/// links "exactly once" of documents. Whether an adapter keeps these promises is what the checks of
/// `GatewayConformance` find out.
/// - Source: docs/spec/22-gateways.md, rules A3 to A8.
public protocol Gateway: Sendable {
  /// Names the place to operators and in outboxes.
  var name: String { get }

  /// Hands a document to the place.
  ///
  /// The first answer with an outcome stands: the same document is answered alike again, also when
  /// its timeout has passed in between. Another document of that id is refused `gateway.conflict`.
  /// - Throws: `GatewayFault` if there is no answer; the document may have been taken all the same.
  func deliver(_ document: GatewayDocument) async throws(GatewayFault) -> GatewayOutcome

  /// What became of a document that was delivered here; `nil` if there is no such document.
  func outcome(of id: DocumentID) async throws(GatewayFault) -> GatewayOutcome?

  /// Documents of the place in their order: those after `cursor`, or from the first on.
  ///
  /// The same cursor gives the same documents again, at any time.
  /// - Parameter limit: Most documents wanted, 1 to `GatewayLimits.pageDocuments`; there may be
  ///   fewer, and there are none only if there are none at present.
  /// - Throws: `GatewayFault.refused` for a cursor that the place did not give.
  func documents(
    after cursor: GatewayCursor?, limit: Int
  ) async throws(GatewayFault) -> GatewayPage

  /// Tells the place what became, elsewhere, of a document that came from it.
  /// - Parameter outcome: Not `pending`. The first one stands.
  /// - Throws: `GatewayFault.refused` for a document that did not come from here, or that was
  ///   settled otherwise.
  func settle(_ id: DocumentID, as outcome: GatewayOutcome) async throws(GatewayFault)
}

/// What became of a document where it went.
public enum GatewayOutcome: Hashable, Sendable {
  /// Taken, and not decided yet; ask again.
  case pending
  /// It had effect.
  case done
  /// It had no effect and never will.
  case refused(GatewayCode)

  /// Whether it stays as it is.
  public var isFinal: Bool { self != .pending }
}

/// Documents in their order, with the cursor for those that follow.
public struct GatewayPage: Hashable, Sendable {
  public let documents: [GatewayDocument]
  /// To ask for what comes after them; without documents, the one that was asked with.
  public let cursor: GatewayCursor?

  public init(documents: [GatewayDocument], cursor: GatewayCursor?) {
    self.documents = documents
    self.cursor = cursor
  }
}

/// A place's own mark of how far it was read; only that place understands it.
public struct GatewayCursor: Hashable, Sendable {
  public let bytes: [UInt8]

  /// - Returns: `nil` unless there are 1 to `GatewayLimits.cursorBytes` bytes.
  public init?(_ bytes: [UInt8]) {
    guard 1...GatewayLimits.cursorBytes ~= bytes.count else { return nil }
    self.bytes = bytes
  }
}

/// Why a place did not answer. Nothing is known of the document then, and nothing is lost.
public enum GatewayFault: Error, Hashable, Sendable {
  /// No connection, or it broke before the answer was complete; the call may have had effect.
  case unreachable(reason: String)
  /// The answer did not come in time; the call may have had effect.
  case timedOut
  /// The place asks for patience; the call had no effect.
  case busy(retryAfter: Duration?)
  /// The place refuses the call, not a document, with a code of rule A4: it will never answer it
  /// otherwise.
  case refused(GatewayCode)
  /// What answered breaks the rules of gateways, and none of it is believed; or somebody must see
  /// to something first, such as a key that was replaced.
  case violation(reason: String)

  /// Whether the same call may succeed later without anybody's doing.
  public var isTransient: Bool {
    switch self {
    case .unreachable, .timedOut, .busy: true
    case .refused, .violation: false
    }
  }
}

extension GatewayFault: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unreachable(let reason): "unreachable: \(reason)"
    case .timedOut: "no answer in time"
    case .busy(let pause): "busy" + (pause.map { ": try again after \($0)" } ?? "")
    case .refused(let code): "refused: \(code)"
    case .violation(let reason): "no good answer: \(reason)"
    }
  }
}
