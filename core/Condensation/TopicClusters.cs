namespace ProxyCluster.Core.Condensation;

/// <summary>
/// Leader clustering: each passage joins the group that it shares most rare words with, or begins one. Which groups have a word
/// is kept by word, so that only these are looked at.
/// </summary>
internal sealed class TopicClusters(LexicalIndex index)
{
    private const double LeastAlike = 0.12;
    private const int NamingTerms = 2;
    private const int MostGroups = 64;

    // A word in more than one of ten passages tells no topic.
    private const int Common = 10;

    private readonly int[] _firstShares = new int[index.Terms];
    private readonly List<Share> _shares = [default];
    private readonly List<Group> _groups = [];
    private readonly double[] _alike = new double[MostGroups];

    /// <summary>Puts a passage into a group.</summary>
    public void Add(int passage)
    {
        var group = Closest(passage);
        if (group < 0)
        {
            _groups.Add(new Group());
            group = _groups.Count - 1;
        }

        _groups[group].Passages.Add(passage);
        foreach (var (term, _) in index.Of(passage))
        {
            if (index.PassagesWith(term) * Common <= index.Passages + Common)
            {
                Join(group, term);
            }
        }
    }

    /// <summary>The groups in the order in which they began, with the names of their topics.</summary>
    public IEnumerable<(string Name, List<int> Passages)> Named()
    {
        var telling = new List<(int Term, double Weight)>[_groups.Count];
        for (var term = 0; term < _firstShares.Length; term++)
        {
            for (var at = _firstShares[term]; at > 0; at = _shares[at].Next)
            {
                if (_shares[at].Times > 1)
                {
                    (telling[_shares[at].Group] ??= []).Add((term, _shares[at].Times * index.Rarity(term)));
                }
            }
        }

        return _groups.Select((group, i) => (NameOf(group, telling[i]), group.Passages));
    }

    private int Closest(int passage)
    {
        Array.Clear(_alike);
        var own = 0.0;
        foreach (var (term, _) in index.Of(passage))
        {
            var rarity = index.Rarity(term);
            own += rarity;
            for (var at = _firstShares[term]; at > 0; at = _shares[at].Next)
            {
                _alike[_shares[at].Group] += rarity;
            }
        }

        var (best, most) = (-1, LeastAlike);
        for (var group = 0; group < _groups.Count; group++)
        {
            var alike = own == 0 ? 0 : _alike[group] / own / (1 + Math.Log(1 + (_groups[group].Terms / 100.0)));
            if (alike > most || (best < 0 && _groups.Count == MostGroups))
            {
                (best, most) = (group, alike);
            }
        }

        return best;
    }

    private void Join(int group, int term)
    {
        for (var at = _firstShares[term]; at > 0; at = _shares[at].Next)
        {
            if (_shares[at].Group == group)
            {
                _shares[at] = _shares[at] with { Times = _shares[at].Times + 1 };
                return;
            }
        }

        _groups[group].Terms++;
        _shares.Add(new Share(group, 1, _firstShares[term]));
        _firstShares[term] = _shares.Count - 1;
    }

    // A group of one is no topic of its own.
    private string NameOf(Group group, List<(int Term, double Weight)>? telling)
    {
        if (group.Passages.Count < 2 || telling is null)
        {
            return Topics.General;
        }

        var names = telling.OrderByDescending(term => term.Weight).ThenBy(term => term.Term).Take(NamingTerms).Select(term => index.Vocabulary[term.Term].ToString());
        return $"{Topics.General} ({string.Join(", ", names)})";
    }

    private sealed class Group
    {
        public List<int> Passages { get; } = [];

        public int Terms { get; set; }
    }

    /// <summary>A word in a group.</summary>
    private readonly record struct Share(int Group, int Times, int Next);
}
