import LedgerModel
import LedgerStore
import LightVerifier
import TestLedger
import Testing
import Wire

@Suite("A node that lies about a fact is caught")
struct ItemLieTests {
  private let ten = Notes.asset("ten")
  private let once = Notes.asset("once")
  private let tooLongName = ProofFault.malformedPart("an asset's name is longer than 128 bytes")

  @Test("Each field of a value proof is checked")
  func value() throws {
    let sample = try sampleLedger()
    let other = try sample.valueBundle(once).items[0].value
    let earlier = try #require(sample.results[1].updates.first { $0.asset == ten }?.after)
    let lies = [
      Lie("namespace", .notInIndex(AssetID(namespace: "notes", key: "ten"))) {
        $0.items[0].value.namespace = "notes"
      },
      Lie("key", .notInIndex(once)) { $0.items[0].value.key = "once" },
      Lie("no namespace", tooLongName) { $0.items[0].value.namespace = "" },
      Lie("long namespace", tooLongName) {
        $0.items[0].value.namespace = String(repeating: "n", count: 129)
      },
      Lie("long key", tooLongName) { $0.items[0].value.key = String(repeating: "k", count: 129) },
      Lie("leaf.sequence", .notInIndex(ten)) {
        try $0.items[0].value.alterLeaf { $0.sequence -= 1 }
      },
      Lie("leaf.head", .notInIndex(ten)) {
        try $0.items[0].value.alterLeaf { $0.head = $0.head.altered }
      },
      Lie("leaf.value_digest", .notInIndex(ten)) {
        try $0.items[0].value.alterLeaf { $0.valueDigest = $0.valueDigest.altered }
      },
      Lie("leaf.position", .notInIndex(ten)) {
        try $0.items[0].value.alterLeaf { $0.position += 1 }
      },
      Lie("another asset's leaf", .notInIndex(ten)) { $0.items[0].value.leaf = other.leaf },
      Lie("value", .wrongValue(ten)) { $0.items[0].value.value = $0.items[0].value.value.altered },
      Lie("no value", .wrongValue(ten)) { $0.items[0].value.value = [].data },
      Lie("earlier value", .wrongValue(ten)) { $0.items[0].value.value = earlier.value.data },
      Lie("earlier value and leaf", .notInIndex(ten)) {
        $0.items[0].value.value = earlier.value.data
        $0.items[0].value.leaf = earlier.leaf.encoded.data
      },
      Lie("sibling", .notInIndex(ten)) {
        $0.items[0].value.path.siblings[0] = $0.items[0].value.path.siblings[0].altered
      },
      Lie("a sibling less", .notInIndex(ten)) { $0.items[0].value.path.siblings.removeLast() },
      Lie("a sibling more", .notInIndex(ten)) {
        $0.items[0].value.path.siblings.insert([UInt8](repeating: 0, count: 32).data, at: 0)
      },
      Lie("siblings in reverse", .notInIndex(ten)) { $0.items[0].value.path.siblings.reverse() },
      Lie("a sibling's length", .malformedPart("index path with a digest of 31 bytes")) {
        $0.items[0].value.path.siblings[0].removeLast()
      },
      Lie("far too many siblings", .malformedPart("index path of 257 digests")) {
        $0.items[0].value.path.siblings = Array(
          repeating: $0.items[0].value.path.siblings[0], count: 257)
      },
      Lie("path with a leaf", .malformedPart("a value's path has no leaf of its own")) {
        $0.items[0].value.path.leafKey = $0.items[0].value.path.siblings[0]
      },
    ]
    try expectRefusals(of: lies, in: sample.valueBundle(ten), by: sample.verifier)
  }

  @Test("Each field of a proof of absence is checked", arguments: [true, false])
  func absence(besideLeaf: Bool) throws {
    let sample = try sampleLedger()
    let absent = try sample.absentNote(besideLeaf: besideLeaf)
    let present = try sample.valueBundle(ten).items[0].value.path
    let shape = ProofFault.malformedPart("the other leaf has no key and value of 32 bytes")
    let digest = [UInt8](repeating: 7, count: 32).data
    var lies = [
      Lie("namespace and key", .absenceNotShown(ten)) { $0.items[0].absence.key = "ten" },
      Lie("a present asset with its own path", .absenceNotShown(ten)) {
        $0.items[0].absence.key = "ten"
        $0.items[0].absence.path = present
      },
      Lie("no namespace", tooLongName) { $0.items[0].absence.namespace = "" },
      Lie("sibling", .absenceNotShown(absent)) {
        $0.items[0].absence.path.siblings[0] = $0.items[0].absence.path.siblings[0].altered
      },
      Lie("a sibling less", .absenceNotShown(absent)) {
        $0.items[0].absence.path.siblings.removeFirst()
      },
      Lie("another leaf", .absenceNotShown(absent)) {
        $0.items[0].absence.path.leafKey = digest
        $0.items[0].absence.path.leafValue = digest
      },
      Lie("a leaf without value", shape) {
        $0.items[0].absence.path.leafKey = digest
        $0.items[0].absence.path.leafValue = [].data
      },
      Lie("a leaf without key", shape) {
        $0.items[0].absence.path.leafKey = [].data
        $0.items[0].absence.path.leafValue = digest
      },
    ]
    if besideLeaf {
      lies += [
        Lie("the leaf's key", .absenceNotShown(absent)) {
          $0.items[0].absence.path.leafKey = $0.items[0].absence.path.leafKey.altered
        },
        Lie("the leaf's value", .absenceNotShown(absent)) {
          $0.items[0].absence.path.leafValue = $0.items[0].absence.path.leafValue.altered
        },
        Lie("no leaf", .absenceNotShown(absent)) {
          $0.items[0].absence.path.leafKey = [].data
          $0.items[0].absence.path.leafValue = [].data
        },
      ]
    }
    try expectRefusals(of: lies, in: sample.valueBundle(absent), by: sample.verifier)
  }

  @Test("A trail with events missing, added, altered or exchanged is refused")
  func trail() throws {
    let sample = try sampleLedger()
    let events = try sample.provenTwin.trails[ten] ?? []
    let foreign = try sample.trailBundle(once).items[0].trail.events[0]
    func count(_ count: UInt64) -> ProofFault {
      .brokenTrail(
        ten, sequence: count, reason: "the newest is event 9, here are \(count) events")
    }
    func broken(_ sequence: UInt64, _ reason: String) -> ProofFault {
      .brokenTrail(ten, sequence: sequence, reason: reason)
    }
    var lies = [
      Lie("no events", count(0)) { $0.items[0].trail.events = [] },
      Lie("the first missing", count(9)) { $0.items[0].trail.events.removeFirst() },
      Lie("the last missing", count(9)) { $0.items[0].trail.events.removeLast() },
      Lie("one in the middle missing", count(9)) { $0.items[0].trail.events.remove(at: 4) },
      Lie("one twice", count(11)) {
        $0.items[0].trail.events.insert($0.items[0].trail.events[4], at: 4)
      },
      Lie("another asset's added", count(11)) { $0.items[0].trail.events.append(foreign) },
      Lie("one twice instead of the next", broken(5, "it is event 4")) {
        $0.items[0].trail.events[5] = $0.items[0].trail.events[4]
      },
      Lie("two exchanged", broken(3, "it is event 4")) { $0.items[0].trail.events.swapAt(3, 4) },
      Lie("another asset's instead", broken(0, "it is of note/once")) {
        $0.items[0].trail.events[0] = foreign
      },
      Lie("the value, with a trail that fits", .wrongValue(ten)) {
        $0.items[0].trail.current.value = Notes.value("ten", "8").data
      },
      Lie("not an event", .malformed(.wire(.malformed(message: "yilian.v1.AssetEvent")))) {
        $0.items[0].trail.events[4] = [0].data
      },
    ]
    for sequence in events.indices {
      lies += eventLies.map { about, change in
        let next = UInt64(sequence) + 1
        let refusal =
          next < events.count
          ? broken(next, "it does not follow from the event before")
          : broken(UInt64(sequence), "it is not the newest on the ledger")
        return Lie("\(about) of event \(sequence)", refusal) {
          var event = try WireAssetEvent(
            strict: $0.items[0].trail.events[sequence].octets, limit: Limits.valueBytes)
          change(&event)
          $0.items[0].trail.events[sequence] = event.encoded.data
        }
      }
    }
    try expectRefusals(of: lies, in: sample.trailBundle(ten), by: sample.verifier)
  }

  /// Fields of an event that only the digest chain protects.
  private let eventLies: [(about: String, change: (inout WireAssetEvent) -> Void)] = [
    ("previous position", { $0.previousPosition += 1 }),
    ("operation", { $0.operation += "!" }),
    ("value digest", { $0.valueDigest = $0.valueDigest.altered }),
    ("actor", { $0.actor = "somebody" }),
    ("transaction id", { $0.transactionID = $0.transactionID.altered }),
    ("call index", { $0.callIndex += 1 }),
    ("height", { $0.height += 1 }),
    ("time", { $0.timeMs += 1 }),
    ("details", { $0.details = $0.details.altered }),
    (
      "origin",
      {
        $0.origin.chainID = $0.transactionID
        $0.origin.transactionID = $0.transactionID
      }
    ),
  ]

  @Test("An event that names another predecessor breaks the trail there")
  func previous() throws {
    let sample = try sampleLedger()
    let lies = (0..<10).map { sequence in
      Lie(
        "previous of event \(sequence)",
        .brokenTrail(
          ten, sequence: UInt64(sequence), reason: "it does not follow from the event before")
      ) {
        var event = try WireAssetEvent(
          strict: $0.items[0].trail.events[sequence].octets, limit: Limits.valueBytes)
        event.previous = event.previous.altered
        $0.items[0].trail.events[sequence] = event.encoded.data
      }
    }
    try expectRefusals(of: lies, in: sample.trailBundle(ten), by: sample.verifier)
  }

  @Test("Each field of a log proof is checked", arguments: [UInt8(1), 2])
  func log(kind: UInt8) throws {
    let sample = try sampleLedger()
    let position = try sample.firstPosition(ofKind: kind)
    let size = try sample.anchor.proven.header.executed.logSize
    let here = ProofFault.notInLog(position: position)
    let lies = [
      Lie("kind", here) { $0.items[0].log.kind = kind == 1 ? .receipt : .event },
      Lie("no kind", .malformedPart("a log record of kind 0")) {
        $0.items[0].log.kind = .unspecified
      },
      Lie("unknown kind", .malformedPart("a log record of kind 258")) {
        $0.items[0].log.kind = .UNRECOGNIZED(258)
      },
      Lie("record", here) { $0.items[0].log.record = $0.items[0].log.record.altered },
      Lie("position", .notInLog(position: position + 1)) { $0.items[0].log.position += 1 },
      Lie("position beyond the log", .notInLog(position: size)) {
        $0.items[0].log.position = size
      },
      Lie("last position there is", .notInLog(position: .max)) {
        $0.items[0].log.position = .max
      },
      Lie("path", here) { $0.items[0].log.path[1] = $0.items[0].log.path[1].altered },
      Lie("shorter path", here) { $0.items[0].log.path.removeLast() },
      Lie("longer path", here) { $0.items[0].log.path.append($0.items[0].log.path[0]) },
      Lie("empty path", here) { $0.items[0].log.path = [] },
      Lie("a digest's length", .malformedPart("log path with a digest of 31 bytes")) {
        $0.items[0].log.path[0].removeLast()
      },
      Lie("far too long a path", .malformedPart("log path of 257 digests")) {
        $0.items[0].log.path = Array(repeating: $0.items[0].log.path[0], count: 257)
      },
    ]
    try expectRefusals(of: lies, in: sample.logBundle(position), by: sample.verifier)
  }

  @Test("Each field of a consistency proof is checked")
  func consistency() throws {
    let sample = try sampleLedger()
    let broken = ProofFault.notConsistent(older: 3, newer: 5)
    let lies = [
      Lie("path", broken) {
        $0.items[0].consistency.path[0] = $0.items[0].consistency.path[0].altered
      },
      Lie("shorter path", broken) { $0.items[0].consistency.path.removeLast() },
      Lie("longer path", broken) {
        $0.items[0].consistency.path.append($0.items[0].consistency.path[0])
      },
      Lie("empty path", broken) { $0.items[0].consistency.path = [] },
      Lie("a digest's length", .malformedPart("consistency path with a digest of 33 bytes")) {
        $0.items[0].consistency.path[0].append(0)
      },
      Lie("another older header", .notConsistent(older: 2, newer: 5)) {
        let other = try #require(try sample.ledger.headers(from: 2, limit: 1).first)
        $0.items[0].consistency.older = other.wire
      },
      Lie(
        "the older header's log root",
        .notFinalised(reason: "the certificate is for another header")
      ) {
        try $0.items[0].consistency.older.alterHeader {
          $0.executed.logRoot = $0.executed.logRoot.altered
        }
      },
      Lie("the older header's signature", .notFinalised(reason: "badSignature(signer: 0)")) {
        let signature = $0.items[0].consistency.older.finalization.signatures[0]
        $0.items[0].consistency.older.finalization.signatures[0] = signature.altered
      },
      Lie("both headers exchanged", .notConsistent(older: 5, newer: 3)) {
        let newer = $0.header
        $0.header = $0.items[0].consistency.older
        $0.items[0].consistency.older = newer
      },
    ]
    try expectRefusals(of: lies, in: sample.consistencyBundle(from: 3), by: sample.verifier)
  }

  @Test("A newer header with the same log does not pass for an older one")
  func newerAsOlder() throws {
    var sample = try TestLedger(TestWorld())
    try sample.put(("a", "text"))
    for _ in 2...4 { try sample.put() }
    var bundle = try sample.consistencyBundle(from: 3)
    #expect(bundle.items[0].consistency.path.isEmpty)
    let newer = bundle.header
    bundle.header = bundle.items[0].consistency.older
    bundle.items[0].consistency.older = newer
    #expect(throws: ProofFault.notConsistent(older: 4, newer: 3)) {
      try sample.verifier.verify(bundle)
    }
  }
}
