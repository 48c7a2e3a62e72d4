import NIOCore
import Testing

@testable import Transport

/// Who may begin a handshake from outside, and when.
struct HandshakeGateTests {
  private final class Connection {}

  /// A gate, and the connections that it let in.
  private struct Scene {
    static let start = NIODeadline.uptimeNanoseconds(1_000_000_000)

    var gate: HandshakeGate
    var inside: [Connection] = []

    init(_ change: (inout LinkLimits) -> Void) {
      var limits = LinkLimits()
      change(&limits)
      gate = HandshakeGate(limits)
    }

    /// Whether the connection gets in, and which of `inside` must go for it.
    mutating func knocks(_ caller: String, at now: NIODeadline) -> (isIn: Bool, instead: Int?) {
      let connection = Connection()
      do {
        let oldest = try gate.enter(ObjectIdentifier(connection), from: caller, now: now)
        inside.append(connection)
        return (true, inside.firstIndex { ObjectIdentifier($0) == oldest })
      } catch {
        return (false, nil)
      }
    }

    /// How many of some connections get in and are through at once.
    mutating func handshakes(_ count: Int, from caller: String, at now: NIODeadline) -> Int {
      (0..<count).count { _ in
        let isIn = knocks(caller, at: now).isIn
        if isIn, let last = inside.popLast() { gate.leave(ObjectIdentifier(last)) }
        return isIn
      }
    }
  }

  @Test("In each second an address begins so many handshakes and no more")
  func perAddress() {
    var scene = Scene { $0.handshakesPerSecondPerAddressMax = 3 }
    for second in 0..<3 {
      let now = Scene.start + .seconds(Int64(second))
      #expect(scene.handshakes(5, from: "stranger", at: now) == 3)
      #expect(scene.handshakes(5, from: "stranger", at: now + .milliseconds(999)) == 0)
      #expect(scene.handshakes(1, from: "other", at: now + .milliseconds(999)) == 1)
    }
  }

  @Test("Strangers from many addresses use up their share, and none of a peer's")
  func total() {
    var scene = Scene { $0.handshakesPerSecondMax = 10 }
    scene.gate.know("peer")
    let strangers = (0..<100).count { number in
      scene.handshakes(1, from: "stranger \(number)", at: Scene.start) == 1
    }
    #expect(strangers == 10)
    #expect(scene.handshakes(1, from: "newcomer", at: Scene.start) == 0)
    #expect(scene.handshakes(1, from: "peer", at: Scene.start) == 1)
    #expect(scene.handshakes(1, from: "newcomer", at: Scene.start + .seconds(1)) == 1)
  }

  @Test("When all places are taken the oldest connection makes room for the next")
  func places() {
    var scene = Scene { $0.halfOpenMax = 4 }
    for number in 0..<4 {
      #expect(scene.knocks("silent \(number)", at: Scene.start) == (true, nil))
    }
    #expect(scene.knocks("next", at: Scene.start) == (true, 0))
    #expect(scene.knocks("one more", at: Scene.start) == (true, 1))
    #expect(scene.gate.count == 4)
    scene.gate.leave(ObjectIdentifier(scene.inside[0]))
    #expect(scene.gate.count == 4, "it had left before")
    scene.gate.leave(ObjectIdentifier(scene.inside[2]))
    #expect(scene.knocks("last", at: Scene.start) == (true, nil))
  }

  @Test("An address that takes its own places gets no others' by it")
  func placesOfOneAddress() {
    var scene = Scene {
      $0.halfOpenMax = 4
      $0.halfOpenPerAddressMax = 3
    }
    #expect(scene.knocks("honest", at: Scene.start) == (true, nil))
    for _ in 0..<3 { #expect(scene.knocks("silent", at: Scene.start) == (true, nil)) }
    #expect(scene.knocks("silent", at: Scene.start) == (false, nil))
    #expect(scene.gate.count == 4)
  }
}
