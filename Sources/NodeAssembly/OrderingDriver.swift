internal import Cryptography
internal import Foundation
internal import LedgerModel
internal import LedgerStore
internal import Logging
internal import NIOPosix
internal import NodeAPI
internal import NodeCore
internal import Synchronization
internal import Transport

/// Drives the node's machine on a thread of its own (D17): one loop, one switch over actions.
///
/// The machine decides; this loop tells it what happens and does what it asks for. What takes long,
/// such as signatures of batches, runs on the workers and comes back as a message.
final class OrderingDriver {
  /// What other threads tell this one.
  enum Message: Sendable {
    case event(NodeCore.Event)
    /// A peer's message, which counts as unread until it is handled.
    case peer(PeerMessage, from: PeerID, LinkMessage)
    case stop
  }

  private let ledger: Ledger
  private let batchCheck: BatchCheck
  private let execution: ExecutionDriver
  private let links: PeerLinks?
  /// Checks of what peers sent; apart from the pool that serves clients and peers, so that neither
  /// keeps this node from voting.
  private let checkers: NIOThreadPool
  private let workers: NIOThreadPool
  private let submissions: Submissions
  private let watch: NodeWatch
  private let stages: Stages
  private let logger: Logger
  private let clock: @Sendable () -> Moment
  private let mailbox: Mailbox<Message>
  /// Told when other keys may be linked.
  private let epochBegan: @Sendable (Epoch) -> Void
  private var core: NodeCore
  /// Making an overview costs as much as handling a vote, so not each time.
  private static let overviewMs: UInt64 = 50
  private static let messagesPerFlush = 256
  private var overviewDueMs: UInt64 = 0

  init(
    core: NodeCore, ledger: Ledger, batchCheck: BatchCheck, execution: ExecutionDriver,
    links: PeerLinks?, checkers: NIOThreadPool, workers: NIOThreadPool, submissions: Submissions,
    watch: NodeWatch,
    stages: Stages, logger: Logger, mailbox: Mailbox<Message>,
    clock: @escaping @Sendable () -> Moment, epochBegan: @escaping @Sendable (Epoch) -> Void
  ) {
    self.core = core
    self.ledger = ledger
    self.batchCheck = batchCheck
    self.execution = execution
    self.links = links
    self.checkers = checkers
    self.workers = workers
    self.submissions = submissions
    self.watch = watch
    self.stages = stages
    self.logger = logger
    self.mailbox = mailbox
    self.clock = clock
    self.epochBegan = epochBegan
  }

  /// The thread's loop: until told to stop or the node cannot go on.
  func run() throws {
    try core.handle(.start, at: clock())
    try flush()
    while true {
      let messages = mailbox.receive(waitMs: waitMs())
      for (index, message) in messages.enumerated() {
        // What has been decided does not wait for a long queue behind it.
        if index > 0, index.isMultiple(of: Self.messagesPerFlush) { try flush() }
        switch message {
        case .event(let event): try core.handle(event, at: clock())
        case .peer(let message, let peer, _):
          try core.handle(.message(message, from: peer), at: clock())
        case .stop: return
        }
      }
      if messages.isEmpty { try core.handle(.tick, at: clock()) }
      try flush()
      submissions.expire(nowMs: clock().steadyMs)
    }
  }

  private func waitMs() -> Int {
    let now = clock().steadyMs
    let due = core.nextWakeMs
    return due <= now ? 1 : Int(min(due - now, 1_000))
  }

  /// One synced write for everything handled since the last one, and then what it allows.
  private func flush() throws {
    let actions = try Stages.time(stages.journal) { () throws(NodeCoreFault) in
      try core.flush()
    }
    for action in actions { perform(action) }
    let now = clock().steadyMs
    if now >= overviewDueMs {
      overviewDueMs = now + Self.overviewMs
      watch.update(core.overview)
    }
  }

  private func perform(_ action: NodeCore.Action) {
    switch action {
    case .send(let message, let peers):
      links?.broadcast(
        kind: message.kind.rawValue, message.encoded, to: peers.map { PeerKey($0.key) })
    case .checkBatch(let bytes, let epoch, let peer):
      work { [batchCheck, stages] in
        let result = Stages.time(stages.verify) {
          Result { () throws(BatchFault) in try batchCheck.check(bytes, epoch: epoch) }
        }
        return .batchChecked(
          BatchVerdict(result, held: nil, author: peer, byteCount: bytes.count))
      }
    case .recheckBatch(let batch, let epoch, let author):
      work { [batchCheck, stages] in
        let result = Stages.time(stages.verify) {
          Result { () throws(BatchFault) in
            try batchCheck.check(batch)
            return CheckedBatch(batch, epoch: epoch)
          }
        }
        return .batchChecked(
          BatchVerdict(result, held: batch.digest, author: author, byteCount: 0))
      }
    case .checkBlocks(let bytes, let check, let peer):
      work {
        .blocksChecked(
          Result { () throws(CatchUpFault) in try check.check(bytes) }, from: peer)
      }
    case .drop(let transactions):
      for transaction in transactions {
        submissions.resolve(transaction.id, .failure(.registryChanged))
      }
    case .execute(let block):
      execution.execute(block)
    case .serveBlocks(let height, let peer):
      serve(to: peer) { (ledger, send) throws(LedgerFault) in
        let packages = try ledger.blocks(
          from: height, byteLimit: CatchUpCheck.responseBytesWanted)
        // An answer without blocks lets the peer ask elsewhere at once.
        send(.catchUp(CatchUpCheck.encode(packages, from: height)))
      }
    case .serveBatches(let digests, let peer):
      serve(to: peer) { (ledger, send) throws(LedgerFault) in
        for digest in digests where try ledger.hasBatch(digest) {
          send(.batch(BatchCheck.encode(try ledger.submitted(digest))))
        }
      }
    case .inspect(let inspection):
      // On the workers: it reads much, and nothing waits for it.
      workers.submit { [mailbox] state in
        if state == .active { mailbox.send(.event(.inspected(inspection.run()))) }
      }
    case .epochBegan(let epoch):
      epochBegan(epoch)
      links?.recheck()
    case .note(let note):
      watch.count(note)
      log(note)
    }
  }

  /// Runs a check; its answer comes back as an event.
  private func work(_ body: @escaping @Sendable () -> NodeCore.Event) {
    checkers.submit { [mailbox] state in
      if state == .active { mailbox.send(.event(body())) }
    }
  }

  /// Reads for a peer on the workers, and sends each message once it is read.
  private func serve(
    to peer: PeerID,
    _ body: @escaping @Sendable (Ledger, (PeerMessage) -> Void) throws(LedgerFault) -> Void
  ) {
    workers.submit { [ledger, links, logger] state in
      guard state == .active else { return }
      do {
        try body(ledger) { message in
          links?.send(kind: message.kind.rawValue, message.encoded, to: PeerKey(peer.key))
        }
      } catch {
        logger.error(
          "cannot read what a peer asks for", metadata: ["peer": "\(peer)", "reason": "\(error)"])
      }
    }
  }

  private func log(_ note: NodeCore.Note) {
    switch note {
    case .evidence(let first, let second):
      logger.critical(
        "a validator signed two statements that exclude each other",
        metadata: [
          "signer": "\(first.signer)", "first": "\(first.subject)", "second": "\(second.subject)",
        ])
    case .refused(let peer, let reason):
      logger.warning(
        "a peer's message was refused", metadata: ["peer": "\(peer)", "reason": "\(reason)"])
    case .invalidBlock(let hash, let view, let reason):
      logger.error(
        "a proposed block is not valid",
        metadata: ["block": "\(hash)", "view": "\(view)", "field": "\(reason)"])
    case .catchingUp(let first, let last, let peer):
      logger.info(
        "catching up",
        metadata: ["from": "\(first)", "to": "\(last)", "peer": "\(peer)"])
    case .epochBegan(let number):
      logger.notice("epoch began", metadata: ["epoch": "\(number)"])
    case .damaged(let height, let fault):
      logger.error(
        "a stored block is damaged: it is repaired with what is left or with a peer's copy",
        metadata: ["height": "\(height)", "reason": "\(fault)"])
    case .repaired(let height):
      logger.notice("a damaged block is repaired", metadata: ["height": "\(height)"])
    case .beyondRepair(let height, let fault):
      logger.critical(
        "what is stored is damaged, and no block mends it: \(NodeFault.replaceData)",
        metadata: ["height": "\(height)", "reason": "\(fault)"])
    case .votesAgain(let view):
      logger.notice(
        "this node takes part again: none of its votes can contradict one that it has forgotten",
        metadata: ["above view": "\(view)"])
    case .inspected(let height):
      logger.info(
        height == 1 ? "every stored block was looked at" : "looks through stored blocks",
        metadata: ["down to": "\(height)"])
    }
  }
}

extension Problem {
  static let registryChanged = Problem(
    "transaction.registry_changed", status: 409, field: "member", value: "",
    remedy: "the member's key or standing has just changed: sign with the key that is registered "
      + "now", retryAfter: nil)
}
