import Foundation
import NetworkLayout
import Testing
import Wire

extension EndToEnd {
  /// What one and two failures of four do, step by step.
  @Suite("Validators")
  struct Validators {
    @Test("Three of four go on, two of four wait and say for whom, and all come back")
    func failures() async throws {
      try await ValidatorNetwork.with(isolated: false) { network in
        try await network.start()
        try await Crowd.with(network) { crowd in
          for node in ValidatorNetwork.all { try await crowd.print(through: [node]) }

          await network.kill(3)
          try await printFigures(of: crowd)
          try network.launch(3)
          try await isBack(3, network)

          // Now the quorum needs the votes of the node that was killed.
          await network.kill(2)
          try await crowd.print(through: [0, 1, 3])

          await network.kill(1)
          try await standsStill(network, crowd)
          for node in [1, 2] { try network.launch(node) }
          try await crowd.print()

          await network.stop(0)
          try FileManager.default.removeItem(at: network.data(0))
          try network.launch(0)
          try await isBack(0, network)
          try await crowd.finish()
          try await crowd.check()
        }
        #expect(network.dead.isEmpty)
      }
    }

    /// The node has what the others have, and stands in their view.
    private func isBack(_ node: Int, _ network: ValidatorNetwork) async throws {
      try await network.eventually("node \(node) is at the tip again") {
        let (own, others) = (try await network.status(node), try await network.status(1))
        return own.height == others.height && own.view == others.view && own.reachable == 4
      }
    }

    /// Latencies from one second after a kill on: for information, since machines differ.
    private func printFigures(of crowd: Crowd) async throws {
      try await Task.sleep(for: .seconds(1))
      var times: [Duration] = []
      for number in 0..<60 { times.append(try await crowd.print(through: [number % 3])) }
      times.sort()
      print("one of four killed: median \(times[30]), p99 \(times[59])")
    }

    /// With two of four nothing is executed, and each node says in one line for whom it waits.
    private func standsStill(_ network: ValidatorNetwork, _ crowd: Crowd) async throws {
      let before = try await network.status(0).executedHeight
      let waiting = Task { try await crowd.print() }
      // More clients give up than the node accepts connections: it still answers others.
      try await crowd.giveUp(times: 5_000, at: 0)
      try await network.eventually("the nodes name those that are missing") {
        let status = try await Programs.yilian(
          "network", "status", "--why", "--dir", network.folder.url.path)
        let lines = status.output.split(separator: "\n").suffix(ValidatorNetwork.count)
        return lines.enumerated().allSatisfy { node, line in
          line.hasPrefix("node-\(node): ")
            && ([1, 2].contains(node) || line.contains("node-1") && line.contains("node-2"))
        }
      }
      #expect(try await network.status(0).executedHeight <= before + 1)
      waiting.cancel()
      _ = try? await waiting.value
    }
  }
}
