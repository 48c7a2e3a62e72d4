package import GatewayKit

/// A gateway that is being checked, with what moves the place behind it from the other side.
package protocol GatewayRig: Sendable {
  /// The adapter under test.
  var gateway: any Gateway { get }
  /// Most bytes of a content that the place takes.
  var contentBytesMax: Int { get }
  /// A code with which the place refuses documents of its own accord.
  var refusal: String { get }
  /// A document that the place understands, as the check needs it.
  func document(_ wanted: Wanted) throws -> GatewayDocument
  /// Documents that differ in every field that the place understands, the least and the most of
  /// each.
  func variety(_ way: Wanted.Way) async throws -> [GatewayDocument]

  /// The time at the place, in milliseconds since 1970.
  func nowMs() async throws -> UInt64
  /// Lets the place's time pass.
  func pass(_ time: Duration) async throws
  /// Puts documents where the gateway gives them from, after those already there.
  /// - Returns: The same, under the ids that the place gives them.
  @discardableResult
  func offer(_ documents: [GatewayDocument]) async throws -> [GatewayDocument]
  /// What the place has taken, in its order; once for each time that it had effect.
  func taken() async throws -> [GatewayDocument]
  /// What the place was told, in its order; once for each time that it had effect.
  func settled() async throws -> [Told]
  /// What the place says of documents with that business key, whether taken or to come. Without
  /// this it says `done`, or `pending` of one that was wanted so. It refuses with `refusal` only.
  func decide(_ businessKey: String, _ outcome: GatewayOutcome) async throws
  /// What happens to calls from now on; `nil`: nothing.
  func disturb(_ disturbance: Disturbance?) async throws
  /// Stops the place and starts it again.
  func restart() async throws
}

/// What a check needs of a document.
package struct Wanted: Hashable, Sendable {
  package enum Way: Hashable, Sendable {
    case toPlace, fromPlace
  }
  package var way = Way.toPlace
  /// Documents of different numbers differ.
  package let number: Int
  package var contentBytes = 100
  package var timeoutMs: UInt64
  /// Somebody decides on it at the place.
  package var isPending = false
}

/// What the place was told of a document that came from it.
package struct Told: Hashable, Sendable {
  package let id: DocumentID
  package let outcome: GatewayOutcome

  package init(_ id: DocumentID, _ outcome: GatewayOutcome) {
    self.id = id
    self.outcome = outcome
  }
}

/// What can happen to a call on its way.
package enum Disturbance: CaseIterable, Hashable, Sendable {
  /// It does not arrive.
  case unreachable
  /// It has effect, and its answer is lost.
  case answerLost
  /// The place asks for patience.
  case busy
}
