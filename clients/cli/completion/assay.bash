# Completion of assay in bash, printed by 'assay completion bash'. The program itself says what may come next.
_assay() {
    local program=${1/#\~/$HOME} rest=$COMP_LINE last=${COMP_WORDS[COMP_CWORD]} word line i
    local -a words=() lines=()
    COMPREPLY=()

    # bash splits at '=', ':' and '@' as well: what stands together on the line is one word.
    for ((i = 0; i <= COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        if ((i > 1)) && [[ -n $COMP_LINE && $rest != [[:space:]]* ]]; then
            words[-1]+=$word
        else
            words+=("$word")
        fi
        rest=${rest#"${rest%%[![:space:]]*}"}
        rest=${rest#"$word"}
    done
    word=${words[-1]}
    words[-1]=${words[-1]//\\/} # as it is meant, not as it is quoted

    mapfile -t lines < <("$program" completion candidates -- "${words[@]:1}" 2>/dev/null)
    ((${#lines[@]})) || return 0

    # Only the part behind the last of those characters is replaced; of them '@' alone belongs to that part.
    local lead=${word%"$last"}
    [[ $last != [=:] ]] || lead=$word
    lead=${lead%@}
    for line in "${lines[@]:1}"; do
        line=${line%%$'\t'*}
        [[ $line == *[=/@:] ]] && compopt -o nospace 2>/dev/null
        printf -v line %q "$line"
        line=${line//\\@/@}
        line=${line//\\=/=}
        COMPREPLY+=("${line#"$lead"}")
    done
    [[ ${lines[0]} == none ]] || compopt -o filenames 2>/dev/null
    case ${lines[0]} in
        files) while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -f -- "${last#=}") ;;
        folders) while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -d -- "${last#=}") ;;
    esac
}
complete -F _assay assay
