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
    private const int FirstShares = 4096;

    // A word in more than one of ten passages tells no topic.
    private const int Common = 10;

    private readonly int[] _firstShares = new int[index.Terms];
    private readonly PooledList<Share> _shares = new(FirstShares);
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

    /// <summary>The groups in the order in which they began, with the names of their topics. To be called once, and last.</summary>
    public List<(string Name, List<int> Passages)> Named()
    {
        for (var term = 0; term < _firstShares.Length; term++)
        {
            for (var at = _firstShares[term]; at > 0; at = NextOf(at))
            {
                var share = _shares[at - 1];
                if (share.Times > 1)
                {
                    _groups[share.Group].Tell(term, share.Times * index.Rarity(term));
                }
            }
        }

        _shares.GiveBack();
        return _groups.ConvertAll(group => (NameOf(group), group.Passages));
    }

    // A share's number is its place and one: 0 is none.
    private int NextOf(int share) => _shares[share - 1].Next;

    private int Closest(int passage)
    {
        Array.Clear(_alike);
        var own = 0.0;
        foreach (var (term, _) in index.Of(passage))
        {
            var rarity = index.Rarity(term);
            own += rarity;
            for (var at = _firstShares[term]; at > 0; at = NextOf(at))
            {
                _alike[_shares[at - 1].Group] += rarity;
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
        for (var at = _firstShares[term]; at > 0; at = NextOf(at))
        {
            ref var share = ref _shares[at - 1];
            if (share.Group == group)
            {
                share = share with { Times = share.Times + 1 };
                return;
            }
        }

        _groups[group].Terms++;
        _shares.Add(new Share(group, 1, _firstShares[term]));
        _firstShares[term] = _shares.Count;
    }

    // A group of one is no topic of its own.
    private string NameOf(Group group) => group.Passages.Count < 2 || group.Telling.Count == 0
        ? Topics.General
        : $"{Topics.General} ({string.Join(", ", group.Telling.Select(term => index.Vocabulary[term.Term].ToString()))})";

    private sealed class Group
    {
        public List<int> Passages { get; } = [];

        public int Terms { get; set; }

        /// <summary>The words that tell most of it, most first; of equals the one that came first.</summary>
        public List<(int Term, double Weight)> Telling { get; } = new(NamingTerms + 1);

        /// <summary>Takes a word into account. Words come in their order.</summary>
        public void Tell(int term, double weight)
        {
            var place = Telling.Count;
            while (place > 0 && Telling[place - 1].Weight < weight)
            {
                place--;
            }

            if (place < NamingTerms)
            {
                Telling.Insert(place, (term, weight));
            }

            if (Telling.Count > NamingTerms)
            {
                Telling.RemoveAt(NamingTerms);
            }
        }
    }

    /// <summary>A word in a group.</summary>
    private readonly record struct Share(int Group, int Times, int Next);
}
