/// Carries documents one way, from their source to their target, and outcomes back.
///
/// A lane does nothing itself. It names the call that each of its two sides is to be asked next,
/// and hears what came of it:
///
///     on pulled, with documents: they wait, in their order, and the cursor moves
///     on delivered, pending:     its target is asked again later what became of it
///     on delivered, final:       its source is told
///     on settled:                it is forgotten; a final refusal is kept as a failure
///     on failed:                 that side rests, longer each time; everything stays as it is
///
/// What it answers must be in the outbox, synced, before the lane is asked for the next call. A
/// crash between a call and its change repeats the call, which gateways allow. Documents are
/// delivered strictly one after the other: each has its outcome, or is pending, before the next.
/// - Source: docs/spec/22-gateways.md, rules A9 to A13.
struct Lane: Sendable {
  /// The two places of a lane; each is asked one thing at a time.
  enum Side: CaseIterable, Hashable, Sendable {
    case source, target
  }

  /// What a place is asked. Documents go by their number in the lane.
  enum Call: Hashable, Sendable {
    case pull(after: GatewayCursor?, limit: Int)
    case settle(UInt64, DocumentID, GatewayOutcome)
    case deliver(UInt64)
    case ask(UInt64, DocumentID)

    /// Who is asked.
    var side: Side {
      switch self {
      case .pull, .settle: .source
      case .deliver, .ask: .target
      }
    }
  }

  /// What came of a call.
  enum Reply: Sendable {
    case pulled(GatewayPage)
    case settled
    case delivered(GatewayOutcome)
    case told(GatewayOutcome?)
    case failed(GatewayFault)
  }

  /// What a side does next.
  enum Next: Hashable, Sendable {
    case call(Call)
    /// Nothing before that time, or before the other side gets on.
    case rest(until: Duration?)
  }

  /// A document under way.
  struct Entry: Hashable, Sendable {
    enum Stage: Hashable, Sendable {
      case waiting
      case pending
      case settling(GatewayOutcome)
    }
    let number: UInt64
    let id: DocumentID
    var stage: Stage
    /// When it is asked or told about next, and how often it was.
    var due = Duration.zero
    var asked = 0
  }

  let limits: LaneLimits
  private(set) var entries: [Entry]
  private(set) var cursor: GatewayCursor?
  private(set) var pulled: UInt64
  private(set) var failures: UInt64
  private var patience: [Side: Patience]
  private var nextPull = Duration.zero

  /// Goes on from what an outbox holds.
  init(_ kept: OutboxContents, limits: LaneLimits) {
    self.limits = limits
    entries = kept.entries
    cursor = kept.cursor
    pulled = kept.pulled
    failures = kept.failures
    patience = [.source: Patience(limits), .target: Patience(limits)]
  }

  /// What `side` is to be asked at `now`, unless it is being asked already.
  func next(_ side: Side, now: Duration) -> Next {
    let until = patience[side]?.until ?? .zero
    guard until <= now else { return .rest(until: until) }
    return switch side {
    case .source: nextOfSource(now)
    case .target: nextOfTarget(now)
    }
  }

  private func nextOfSource(_ now: Duration) -> Next {
    var due: Duration?
    for entry in entries {
      guard case .settling(let outcome) = entry.stage else { continue }
      guard entry.due > now else { return .call(.settle(entry.number, entry.id, outcome)) }
      due = min(due ?? entry.due, entry.due)
    }
    let waiting = entries.count { $0.stage == .waiting }
    let room = min(limits.waiting - waiting, limits.underWay - entries.count)
    guard room > 0 else { return .rest(until: due) }
    guard nextPull <= now else { return .rest(until: min(nextPull, due ?? nextPull)) }
    return .call(.pull(after: cursor, limit: min(room, GatewayLimits.pageDocuments)))
  }

  private func nextOfTarget(_ now: Duration) -> Next {
    if let first = entries.first(where: { $0.stage == .waiting }) {
      return .call(.deliver(first.number))
    }
    let pending = entries.filter { $0.stage == .pending }
    guard let first = pending.min(by: { $0.due < $1.due }) else { return .rest(until: nil) }
    guard first.due <= now else { return .rest(until: first.due) }
    return .call(.ask(first.number, first.id))
  }

  /// Takes note of what came of `call`.
  /// - Returns: What the outbox must hold before anything else is done.
  mutating func take(
    _ reply: Reply, to call: Call, now: Duration,
    using generator: inout some RandomNumberGenerator
  ) -> [OutboxChange] {
    switch (call, reply) {
    case (.pull(_, let limit), .pulled(let page)):
      guard page.documents.count <= limit else {
        let fault = GatewayFault.violation(reason: "a page has more than \(limit) documents")
        return fail(call, fault, now, &generator)
      }
      patience[.source]?.succeed()
      return pull(page, now)
    case (.settle(let number, _, _), .settled):
      patience[.source]?.succeed()
      return drop(number)
    case (.settle(let number, let id, _), .failed(.refused(let code)))
    where Self.finalRefusals.contains(code):
      patience[.source]?.succeed()
      return [note(.settlement, id, code)] + drop(number)
    case (.settle(let number, _, _), .failed(.refused(let code))):
      // It is about this document: the others are not held up.
      patience[.source]?.succeed()
      patience[.source]?.remark(.refused(code))
      putOff(number, now)
      return []
    case (.deliver(let number), .delivered(let outcome)):
      patience[.target]?.succeed()
      return decide(number, outcome, now)
    case (.ask(let number, let id), .told(let outcome)):
      patience[.target]?.succeed()
      guard let outcome else {
        patience[.target]?.remark(
          .violation(reason: "\(id) was delivered and is not known there"))
        return decide(number, .pending, now)
      }
      return decide(number, outcome, now)
    case (_, .failed(let fault)):
      return fail(call, fault, now, &generator)
    case (.pull, _), (.settle, _), (.deliver, _), (.ask, _):
      preconditionFailure("a reply belongs to its call")
    }
  }

  /// A4. What a source answers to `settle` that it will never answer otherwise. Any other refusal
  /// leaves the outcome here, to be told again.
  private static let finalRefusals: Set<GatewayCode> = [.unknownDocument, .settledOtherwise]

  private mutating func pull(_ page: GatewayPage, _ now: Duration) -> [OutboxChange] {
    guard !page.documents.isEmpty else {
      nextPull = now + limits.idlePause
      return []
    }
    var changes: [OutboxChange] = []
    for document in page.documents {
      pulled += 1
      let entry = Entry(number: pulled, id: document.id, stage: .waiting)
      entries.append(entry)
      changes.append(.add(entry, document))
    }
    cursor = page.cursor
    changes.append(state)
    return changes
  }

  /// Lets a document wait before it is asked or told about again, longer each time.
  private mutating func putOff(_ number: UInt64, _ now: Duration) {
    guard let index = entries.firstIndex(where: { $0.number == number }) else { return }
    let pause = limits.firstPause * (1 << min(entries[index].asked, 30))
    entries[index].due = now + min(limits.longestPause, pause)
    entries[index].asked += 1
  }

  private mutating func decide(
    _ number: UInt64, _ outcome: GatewayOutcome, _ now: Duration
  ) -> [OutboxChange] {
    guard let index = entries.firstIndex(where: { $0.number == number }) else { return [] }
    let before = entries[index].stage
    if outcome.isFinal {
      entries[index].stage = .settling(outcome)
      (entries[index].due, entries[index].asked) = (.zero, 0)
    } else {
      entries[index].stage = .pending
      putOff(number, now)
    }
    guard entries[index].stage != before else { return [] }
    var changes = [OutboxChange.move(entries[index])]
    if case .refused(let code) = outcome {
      changes.append(note(.delivery, entries[index].id, code))
      changes.append(state)
    }
    return changes
  }

  private mutating func drop(_ number: UInt64) -> [OutboxChange] {
    entries.removeAll { $0.number == number }
    return [.drop(number), state]
  }

  private mutating func fail(
    _ call: Call, _ fault: GatewayFault, _ now: Duration,
    _ generator: inout some RandomNumberGenerator
  ) -> [OutboxChange] {
    patience[call.side]?.fail(fault, now: now, using: &generator)
    return []
  }

  private mutating func note(
    _ stage: GatewayFailure.Stage, _ id: DocumentID, _ code: GatewayCode
  ) -> OutboxChange {
    failures += 1
    return .note(
      failures, GatewayFailure(id: id, stage: stage, code: code), keeping: limits.failuresKept)
  }

  private var state: OutboxChange {
    .state(cursor: cursor, pulled: pulled, failures: failures)
  }
}

extension Lane {
  /// Where the lane stands, for operators.
  var status: LaneStatus {
    LaneStatus(
      waiting: entries.count { $0.stage == .waiting },
      pending: entries.count { $0.stage == .pending },
      underWay: entries.count, pulled: pulled, failures: failures,
      sourceAnswered: patience[.source]?.hasAnswered ?? false,
      sourceFault: patience[.source]?.fault, targetFault: patience[.target]?.fault)
  }
}

/// Where a lane stands.
public struct LaneStatus: Hashable, Sendable {
  /// Documents that were not delivered yet.
  public let waiting: Int
  /// Documents that were delivered and not decided yet.
  public let pending: Int
  /// Documents whose source was not told yet, those included.
  public let underWay: Int
  /// Documents that ever came from the source.
  public let pulled: UInt64
  /// Documents that ever had no effect, or whose outcome their source did not accept.
  public let failures: UInt64
  /// Whether the source has answered since the lane runs: what waits there is unknown before.
  public let sourceAnswered: Bool
  /// Why the source or the target is waited for; `nil`: it answered last time.
  public let sourceFault: GatewayFault?
  public let targetFault: GatewayFault?
}
