extension Simulation {
  /// Repeats a run that failed and tells what came before its first fault, for people.
  /// - Parameter events: How many of the newest events of the nodes that the fault names.
  package static func report(_ options: SimulationOptions, events: Int = 50) throws -> String {
    let simulation = try Simulation(options, traced: true)
    let outcome = try simulation.run()
    let first = outcome.faults.first ?? "no fault"
    let lines = simulation.trace?.newest(events, about: nodes(named: first)) ?? []
    return """
      seed \(options.seed): \(first)
      \(options)
      the last events of the nodes named, at \(outcome.virtualMs) ms:
      \(lines.map { "  \($0)" }.joined(separator: "\n"))
      """
  }

  /// Every "node N" in a text.
  private static func nodes(named text: String) -> Set<Int> {
    let words = text.split { !$0.isLetter && !$0.isNumber }
    return Set(zip(words, words.dropFirst()).compactMap { $0 == "node" ? Int($1) : nil })
  }
}
