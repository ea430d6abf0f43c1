using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using ProxyCluster.Core.Condensation;
using ProxyCluster.Core.Tokens;

namespace ProxyCluster.Bench.Studies.Condensation;

/// <summary>What condensing takes of a core, and how that grows with the conversation. The only study here that reads a clock: its figures are this machine's.</summary>
internal static class SpeedStudy
{
    private const int Rounds = 15;
    private const int WordsOfMessage = 155;

    private static readonly ImmutableArray<int> Sizes = [250, 1000, 4000];

    public static int Run(string data, string? folder)
    {
        var sentences = DialogueFile.Read(data).Select(question => question.Dialogue).Distinct()
            .SelectMany(dialogue => dialogue.Turns).Select(turn => turn.Core).ToImmutableArray();
        var page = new StringBuilder("# What condensing takes\n\nMessages of about 200 tokens made of sentences of the dialogues, o200k_base. CPU of the process; warm: the median of 15 runs.\n\n");
        page.Append("| messages | tokens before | budget | query | CPU, ms | allocated, MB | of the text's UTF-16 bytes | of its UTF-8 bytes |\n|---|---|---|---|---|---|---|---|\n");
        var isFirst = true;
        foreach (var size in Sizes.Insert(0, 1000))
        {
            foreach (var share in (double[])[0.04, 0.5])
            {
                foreach (var query in (string?[])[null, "When did she go to the support group?"])
                {
                    Write(page, Conversation(sentences, size), share, query, ref isFirst);
                }
            }
        }

        Console.Out.Write(page);
        if (folder is not null)
        {
            Directory.CreateDirectory(folder);
            File.WriteAllText(Path.Combine(folder, "speed.md"), page.ToString());
        }

        return 0;
    }

    private static void Write(StringBuilder page, List<ConversationMessage> messages, double share, string? query, ref bool isFirst)
    {
        var tokens = 0;
        var budget = (int)(share * 200 * messages.Count);
        var request = new CondensationRequest { Budget = budget, Counter = TokenCounters.O200k, Query = query };
        var characters = messages.Sum(message => (long)message.Text.Length);
        var bytes = messages.Sum(message => (long)Encoding.UTF8.GetByteCount(message.Text));
        if (isFirst)
        {
            var first = Cpu(() => tokens = Condenser.Condense(messages, request).TokensBefore);
            page.Append(CultureInfo.InvariantCulture, $"| {messages.Count} (first in the process, tokenizer included) | {tokens} | {budget} | {(query is null ? "last message" : "given")} | {first:0} | | | |\n");
            isFirst = false;
        }

        var times = new List<double>();
        var allocated = 0L;
        for (var round = 0; round < Rounds; round++)
        {
            var start = GC.GetAllocatedBytesForCurrentThread();
            times.Add(Cpu(() => tokens = Condenser.Condense(messages, request).TokensBefore));
            allocated = GC.GetAllocatedBytesForCurrentThread() - start;
        }

        times.Sort();
        page.Append(CultureInfo.InvariantCulture, $"| {messages.Count} | {tokens} | {budget} | {(query is null ? "last message" : "given")} | {times[Rounds / 2]:0} | {allocated / 1e6:0.0} | {(double)allocated / (2 * characters):0.0} | {(double)allocated / bytes:0.0} |\n");
    }

    private static double Cpu(Action action)
    {
        using var process = Process.GetCurrentProcess();
        var start = process.TotalProcessorTime;
        action();
        process.Refresh();
        return (process.TotalProcessorTime - start).TotalMilliseconds;
    }

    private static List<ConversationMessage> Conversation(ImmutableArray<string> sentences, int messages)
    {
        var random = new Random(messages);
        var conversation = new List<ConversationMessage>();
        for (var i = 0; i < messages; i++)
        {
            var text = new StringBuilder();
            var words = 0;
            while (words < WordsOfMessage)
            {
                var sentence = sentences[random.Next(sentences.Length)];
                words += sentence.Count(c => c == ' ') + 1;
                text.Append(sentence).Append(' ');
            }

            conversation.Add(new ConversationMessage { Role = i % 2 == 0 ? MessageRole.User : MessageRole.Assistant, Text = text.ToString() });
        }

        conversation.Add(new ConversationMessage { Role = MessageRole.User, Text = "What did we agree about the adoption agency?" });
        return conversation;
    }
}
