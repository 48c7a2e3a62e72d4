internal import Consensus
internal import Cryptography
internal import LedgerModel
internal import LedgerStore

// Messages in, links, and who is who.
extension NodeCore {
  /// Validators that are linked, this node excepted.
  var validatorPeers: [PeerID] {
    epoch.validators.validators.map { PeerID(key: $0.publicKey.encoded) }
      .filter { $0 != identity.id && links[$0] != nil }
  }

  /// Linked nodes that do not vote.
  var observers: [PeerID] {
    let validators = Set(epoch.validators.validators.map { $0.publicKey.encoded })
    return links.keys.filter { !validators.contains($0.key) }.sorted()
  }

  func peer(ofValidator index: Int) -> PeerID? {
    guard epoch.validators.validators.indices.contains(index) else { return nil }
    return PeerID(key: epoch.validators.validators[index].publicKey.encoded)
  }

  mutating func send(_ message: PeerMessage, to peers: [PeerID]) {
    if !peers.isEmpty { actions.append(.send(message, to: peers)) }
  }

  mutating func linkUp(_ peer: PeerID) {
    links[peer] = Link()
    lostAtMs[peer] = nil
    send(.status(status), to: [peer])
    // What the peer may have missed while it was away.
    for batch in held.all where batch.author == nil {
      send(.batch(BatchCheck.encode(batch.batch.batch)), to: [peer])
    }
    if let replica {
      for certificate in replica.certificates(inView: replica.view - 1) {
        mustSync = true  // They may hold a vote of this node (N1).
        send(.certificate(certificate), to: [peer])
      }
    }
  }

  mutating func linkDown(_ peer: PeerID) {
    links[peer] = nil
    // Only a validator is missed.
    if epoch.validators.validators.contains(where: { $0.publicKey.encoded == peer.key }) {
      lostAtMs[peer] = now.steadyMs
    }
    catchUp.fail(peer, nowMs: now.steadyMs)
    inspection.peers.fail(peer, nowMs: now.steadyMs)
  }

  /// A link that breaks for a moment is not yet a validator out of reach.
  mutating func tellWhoIsUnreachable() throws(NodeCoreFault) {
    guard replica != nil, !lostAtMs.isEmpty || !toldUnreachable.isEmpty else { return }
    let lost = lostAtMs.filter { now.steadyMs >= $0.value + Bound.lossMs }
    let validators = epoch.validators.validators.indices.filter { index in
      peer(ofValidator: index).map { lost[$0] != nil } ?? false
    }
    guard Set(validators) != toldUnreachable else { return }
    toldUnreachable = Set(validators)
    try tell(.unreachable(toldUnreachable))
  }

  var status: PeerStatus {
    PeerStatus(
      epoch: epoch.number, view: replica?.view ?? 0, height: finalised?.height ?? 0,
      executedHeight: executed.height, logSize: executed.logSize)
  }

  mutating func sendStatus() {
    guard now.steadyMs >= lastStatusMs + Bound.statusMs else { return }
    lastStatusMs = now.steadyMs
    loads = loads.filter { $0.value.uncheckedBytes > 0 }.mapValues {
      Load(uncheckedBytes: $0.uncheckedBytes)
    }
    send(.status(status), to: links.keys.sorted())
    resendOwnBatches()
  }

  /// A batch may be lost on its way, or meet a bound of a peer; an observer never proposes its own.
  private mutating func resendOwnBatches() {
    let late = held.all.lazy.filter { [now] batch in
      batch.author == nil && batch.sinceMs + Bound.resendMs <= now.steadyMs
    }
    for batch in Array(late.prefix(4)) {
      send(.batch(BatchCheck.encode(batch.batch.batch)), to: validatorPeers)
    }
  }

  mutating func receive(_ message: PeerMessage, from peer: PeerID) throws(NodeCoreFault) {
    guard links[peer] != nil else { return }
    switch message {
    case .status(let status):
      links[peer]?.status = status
      links[peer]?.statusAtMs = now.steadyMs
      abstention?.hear(status, from: peer)
    case .vote(let vote):
      guard isOfThisEpoch(vote.subject.epoch, message, peer) else { return }
      // A validator sends its own votes only: nobody is made to check others' in its name.
      guard self.peer(ofValidator: vote.signer) == peer else { return }
      if isAuthentic(vote, from: peer) { try tell(.vote(vote)) }
    case .proposal(let header, let batches, let vote):
      guard isOfThisEpoch(vote.subject.epoch, message, peer) else { return }
      try receive(header, batches, vote, from: peer)
    case .certificate(let certificate):
      guard isOfThisEpoch(certificate.subject.epoch, message, peer) else { return }
      try receive(certificate, from: peer)
    case .batch(let bytes):
      guard loads[peer, default: Load()].uncheckedBytes < settings.batchBytesPerAuthor else {
        return
      }
      loads[peer, default: Load()].uncheckedBytes += bytes.count
      actions.append(.checkBatch(bytes, epoch: epoch.number, from: peer))
    case .batchRequest(let digests):
      if mayAsk(peer) { serve(digests, to: peer) }
    case .blockRequest(let hash):
      guard mayAsk(peer), let block = try block(hash) else { return }
      send(.block(block.header, batches: block.batches), to: [peer])
    case .block(let header, let batches):
      let isWanted = checks.contains { $0.key == header.hash || $0.value.parent == header.hash }
      if isWanted { keep(header, batches) }
    case .certificateRequest(let asked, let views):
      guard mayAsk(peer), asked == epoch.number, let replica else { return }
      for certificate in views.flatMap({ replica.certificates(inView: $0) }) {
        mustSync = true
        send(.certificate(certificate), to: [peer])
      }
    case .catchUpRequest(let height):
      // Who follows closely asks for each block, and is given little each time.
      guard let tip = ledger.tip?.header.height, height <= tip else { return }
      let blocks = min(Int(clamping: tip - height), Limits.headersPerCertificate) + 1
      let bytes = min(blocks * Bound.blockBytesAssumed, CatchUpCheck.responseBytesWanted)
      if mayAsk(peer), mayTake(peer, bytes: bytes) {
        actions.append(.serveBlocks(from: height, to: peer))
      }
    case .catchUp(let bytes):
      if repair(with: bytes, from: peer) { return }
      guard catchUp.isExpected(from: peer) else { return }
      let check = CatchUpCheck(
        parent: finalised, epoch: epoch, chainID: ledger.genesis.chainID, suite: ledger.suite)
      actions.append(.checkBlocks(bytes, check, from: peer))
    }
  }

  /// Whether a peer's request is still within what is answered in a while (N6).
  private mutating func mayAsk(_ peer: PeerID) -> Bool {
    guard loads[peer, default: Load()].requests < Bound.requestsPerStatus else { return false }
    loads[peer, default: Load()].requests += 1
    return true
  }

  /// Whether a peer is still given so many bytes in this while (N6).
  private mutating func mayTake(_ peer: PeerID, bytes: Int) -> Bool {
    guard loads[peer, default: Load()].servedBytes + bytes <= Bound.servedBytesPerStatus else {
      return false
    }
    loads[peer, default: Load()].servedBytes += bytes
    return true
  }

  /// Whether signatures that a peer sends are still looked at (N6).
  private func isTrustedToSign(_ peer: PeerID) -> Bool {
    loads[peer, default: Load()].badSignatures < Bound.badSignaturesPerStatus
  }

  private mutating func refuseSignature(of peer: PeerID, _ reason: String) {
    loads[peer, default: Load()].badSignatures += 1
    actions.append(.note(.refused(peer, reason: reason)))
  }

  /// Whether to handle a consensus message now; one of the next epoch waits for it to begin.
  private mutating func isOfThisEpoch(
    _ number: UInt64, _ message: PeerMessage, _ peer: PeerID
  ) -> Bool {
    if number == epoch.number + 1, early.count(where: { $0.from == peer }) < Bound.earlyPerPeer {
      early.append((message, peer))
    }
    return number == epoch.number && replica != nil
  }

  /// Whether a vote is worth counting and signed.
  private mutating func isAuthentic(_ vote: Vote, from peer: PeerID) -> Bool {
    guard let replica, replica.wants(vote), isTrustedToSign(peer) else { return false }
    guard
      vote.isValid(in: epoch.validators, chainID: ledger.genesis.chainID, suite: ledger.suite)
    else {
      refuseSignature(of: peer, "vote.signature")
      return false
    }
    return true
  }

  private mutating func receive(
    _ header: BlockHeader, _ batches: [Digest], _ vote: Vote, from peer: PeerID
  ) throws(NodeCoreFault) {
    guard vote.subject.kind == .notarize, vote.subject.block == header.hash,
      vote.signer == epoch.validators.leader(epoch: epoch.number, view: vote.subject.view),
      self.peer(ofValidator: vote.signer) == peer, header.epoch == epoch.number,
      header.view <= vote.subject.view,
      header.height <= (finalised?.height ?? 0) + Bound.heightsAhead
    else {
      actions.append(.note(.refused(peer, reason: "proposal.vote")))
      return
    }
    if checks[header.hash] != nil { keep(header, batches) }
    guard isAuthentic(vote, from: peer) else { return }
    keep(header, batches)
    try tell(.vote(vote))
  }

  private mutating func receive(
    _ certificate: Certificate, from peer: PeerID
  ) throws(NodeCoreFault) {
    guard let replica, replica.wants(certificate), isTrustedToSign(peer) else { return }
    do {
      try certificate.verify(
        by: epoch.validators, chainID: ledger.genesis.chainID, suite: ledger.suite,
        isKnown: replica.hasCounted)
    } catch {
      refuseSignature(of: peer, "certificate.\(error)")
      return
    }
    try tell(.certificate(certificate))
  }

  /// Keeps a block of an unsettled view; the oldest views' go first.
  mutating func keep(_ header: BlockHeader, _ batches: [Digest]) {
    guard proposed[header.hash] == nil else { return }
    if proposed.count >= Bound.proposedKept,
      let oldest = proposed.min(by: {
        ($0.value.header.view, $0.key) < ($1.value.header.view, $1.key)
      })
    {
      proposed[oldest.key] = nil
    }
    proposed[header.hash] = StoredBlock(header: header, batches: batches)
  }

  private mutating func serve(_ digests: [Digest], to peer: PeerID) {
    var stored: [Digest] = []
    var seen: Set<Digest> = []
    for digest in digests where seen.insert(digest).inserted {
      if let batch = held[digest] {
        guard mayTake(peer, bytes: batch.batch.byteCount) else { return }
        send(.batch(BatchCheck.encode(batch.batch.batch)), to: [peer])
      } else {
        stored.append(digest)
      }
    }
    if !stored.isEmpty { actions.append(.serveBatches(stored, to: peer)) }
  }
}
