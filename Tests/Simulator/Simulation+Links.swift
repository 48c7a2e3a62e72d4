internal import Cryptography
internal import LedgerModel
internal import LedgerStore
internal import NodeCore
internal import TestLedger

// Links and what passes over them.
extension Simulation {
  func connect(_ one: Int, _ other: Int) {
    let (first, second) = (nodes[one], nodes[other])
    guard first.isRunning, second.isRunning, !network.isConnected(one, other) else { return }
    guard !network.isSevered(one, other) else {
      at(nowMs + 250, .connect(one, other))
      return
    }
    network.connect(one, other)
    note(nil, "link \(one)-\(other) is up")
    tell(first, .linkUp(second.id))
    tell(second, .linkUp(first.id))
  }

  /// Breaks a link: what is under way is lost.
  func disconnect(_ one: Int, _ other: Int) {
    guard network.isConnected(one, other) else { return }
    network.disconnect(one, other)
    note(nil, "link \(one)-\(other) is down")
    tell(nodes[one], .linkDown(nodes[other].id))
    tell(nodes[other], .linkDown(nodes[one].id))
  }

  /// Breaks a link that is made again soon.
  func reset(_ one: Int, _ other: Int) {
    disconnect(one, other)
    at(nowMs + (isHealed ? 1 : generator.delay(1...800)), .connect(one, other))
  }

  func send(_ message: PeerMessage, from node: SimulatedNode, to peers: [PeerID]) {
    if node.isHonest { check(message, of: node) }
    let truth = Parcel(message)
    for peer in peers {
      for target in nodes where target.id == peer {
        if node.disrupter != nil {
          let lies = node.disrupter?.tell(message, truth, to: target.number, self) ?? []
          for lie in lies { transmit(lie, from: node, to: target) }
        } else {
          transmit(truth, from: node, to: target)
        }
      }
    }
  }

  /// What an honest node says counts for ever.
  private func check(_ message: PeerMessage, of node: SimulatedNode) {
    func heed(_ vote: Vote) { checker.said(vote.subject, by: node.id) }
    switch message {
    case .vote(let vote): heed(vote)
    case .proposal(let header, _, let vote):
      checker.proposed(header.hash, by: node.id)
      heed(vote)
    case .certificate(let certificate):
      guard let set = try? node.ledger?.epoch(certificate.subject.epoch)?.validators else { return }
      for signer in certificate.signers {
        let id = PeerID(key: set.validators[signer].publicKey.encoded)
        if nodes.contains(where: { $0.id == id && $0.isHonest }) {
          checker.said(certificate.subject, by: id)
        }
      }
    default: break
    }
  }

  /// Loses, doubles, delays.
  func transmit(_ parcel: Parcel, from node: SimulatedNode, to target: SimulatedNode) {
    let (from, to) = (node.number, target.number)
    let connection = network.connection(from, to)
    guard connection > 0 else { return }
    let delta = options.networkDelayMs
    var delays = [generator.delay(1...max(2, delta / 4))]
    if !isHealed {
      if network.isSilenced(from, to) || generator.chance(percent: options.dropPercent) { return }
      if generator.chance(percent: options.slowPercent) {
        delays[0] = generator.delay(1...6 * delta)
      }
      if generator.chance(percent: options.duplicatePercent) {
        delays.append(generator.delay(1...3 * delta))
      }
    }
    for delay in delays {
      at(nowMs + delay, .message(parcel, from: from, to: to, connection: connection))
    }
  }

  func receive(_ parcel: Parcel, from sender: SimulatedNode, at node: SimulatedNode) throws {
    switch parcel.message(world.suite) {
    case .success(let message):
      note(node.number, "hears from \(sender.number): \(Self.words(message))")
      for lie in node.disrupter?.hear(message, parcel, self) ?? [] {
        for other in nodes where other.id != node.id {
          transmit(lie, from: node, to: other)
        }
      }
      tell(node, .message(message, from: sender.id))
    case .failure(let error):
      note(node.number, "cannot read what \(sender.number) sends: \(error)")
      if sender.isHonest {
        checker.fault("K4: node \(node.number) cannot read what \(sender.number) sends: \(error)")
      }
    }
  }

  private static func words(_ message: PeerMessage) -> String {
    func short(_ digest: Digest?) -> String { digest.map { String($0.hex.prefix(8)) } ?? "-" }
    switch message {
    case .vote(let vote): return "vote \(vote.signer) \(words(vote.subject))"
    case .proposal(let header, _, let vote):
      return "proposal \(header.height) \(words(vote.subject))"
    case .certificate(let certificate): return "certificate \(words(certificate.subject))"
    case .status(let status):
      return "status epoch \(status.epoch) view \(status.view) height \(status.height) "
        + "executed \(status.executedHeight)"
    case .block(let header, _): return "block \(header.height) \(short(header.hash))"
    case .blockRequest(let hash): return "blockRequest \(short(hash))"
    case .catchUpRequest(let height): return "catchUpRequest \(height)"
    case .certificateRequest(_, let views): return "certificateRequest \(views)"
    case .batchRequest(let digests): return "batchRequest \(digests.map { short($0) })"
    case .batch(let bytes), .catchUp(let bytes): return "\(message.kind) \(bytes.count) bytes"
    }
  }

  private static func words(_ subject: VoteSubject) -> String {
    let block = subject.block.map { String($0.hex.prefix(8)) } ?? ""
    return "\(subject.kind) e\(subject.epoch) v\(subject.view) "
      + "on \(subject.parentView ?? 0) \(block)"
  }
}
